"""Two models that know nothing of shapes: the mean vote, and Kaggle's central pixel."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.scoring.rmse import Fractions, mean_known

BASELINES = {"mean_vote": "Mean vote", "central_pixel": "Central pixel"}
"""What people read of each, by its name in files."""


def predict_baselines(
    train_votes: Fractions, train_centers: NDArray[np.uint8], centers: NDArray[np.uint8]
) -> dict[str, Fractions]:
    """What each of BASELINES, fitted on a training split, predicts for other galaxies: [N, C].

    `train_votes` is [M, C], NaN where an answer isn't known; the central pixels of the originals
    are uint8 [M, 10, 10, 3] of the training split, and [N, 10, 10, 3] of the others.
    """
    return {
        "mean_vote": predict_mean_vote(train_votes, len(centers)),
        "central_pixel": predict_central_pixel(train_centers, train_votes, centers),
    }


def predict_mean_vote(train_votes: Fractions, count: int) -> Fractions:
    """The mean training label for each of `count` galaxies: [count, C]."""
    return np.tile(_mean_votes(train_votes), (count, 1))


def _mean_votes(votes: Fractions) -> Fractions:
    """The mean of each answer: [C]; 0 for one that is known of no galaxy, as if nobody gave it."""
    known = ~np.isnan(votes)
    return np.where(known.any(axis=0), mean_known(votes, known, axis=0), votes.dtype.type(0))


def predict_central_pixel(
    train_centers: NDArray[np.uint8], train_votes: Fractions, centers: NDArray[np.uint8]
) -> Fractions:
    """The competition's central-pixel benchmark, fitted on a training split.

    Galaxies are grouped by the colour of their central pixels (`central_pixel_keys`); each group
    predicts its mean training label, and one that training lacks, or knows nothing of, the mean
    of all. The official program leaves Class11.6 at 0 through a slip in its loop; this one doesn't.

    `train_centers` and `centers` are uint8 [N, 10, 10, 3], `train_votes` is [N, C].
    """
    groups = pd.DataFrame(train_votes).groupby(central_pixel_keys(train_centers)).mean()
    predicted = groups.reindex(central_pixel_keys(centers)).to_numpy()
    return np.where(np.isnan(predicted), _mean_votes(train_votes), predicted)


def central_pixel_keys(centers: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The group of each galaxy: int64 [N], from its central pixels, uint8 [N, 10, 10, 3].

    The digits of a key are the mean red, green and blue, each divided by the mean of the three;
    all are whole numbers of 16-bit channels, and divisions truncate. A black centre has key 0.
    """
    # 257 takes 8 bits to 16: 255 becomes 65,535
    colors = (centers.astype(np.int64) * 257).mean(axis=(1, 2)).astype(np.int64)
    intensity = np.maximum(colors.sum(axis=1) // 3, 1)
    keys: NDArray[np.int64] = (colors // intensity[:, None]) @ np.array([100, 10, 1])
    return keys
