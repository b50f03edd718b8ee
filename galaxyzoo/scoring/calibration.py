"""How far predicted fractions can be taken at their word: predicted beside voted, in bins."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.scoring.rmse import Fractions


def calibration_table(predicted: Fractions, voted: Fractions, bins: int = 10) -> pd.DataFrame:
    """What was voted where a network predicted about so much: a row per bin that isn't empty.

    Takes fractions of any one shape, each from 0 to 1, the votes NaN where they aren't known: such
    count for nothing. Columns: predicted and voted, the means of
    the bin, and count, how many predictions it has. Bins divide the range from 0 to 1 evenly; a
    network is calibrated where the two means agree (Guo et al. 2017, arXiv:1706.04599).
    """
    predicted, voted = _known(predicted, voted)
    table = pd.DataFrame({"bin": _bins(predicted, bins), "predicted": predicted, "voted": voted})
    means = table.groupby("bin").agg(
        predicted=("predicted", "mean"), voted=("voted", "mean"), count=("voted", "size")
    )
    return means.reset_index(drop=True)


def joint_counts(predicted: Fractions, voted: Fractions, bins: int = 20) -> pd.DataFrame:
    """How often each fraction was predicted where each was voted: a row per cell that has any.

    Votes may be unknown, as above. Columns: predicted and voted, the lower ends of the cell's bins,
    and count.
    """
    predicted, voted = _known(predicted, voted)
    cells = pd.DataFrame({"predicted": _bins(predicted, bins), "voted": _bins(voted, bins)})
    counts = cells.value_counts(sort=False).sort_index().reset_index(name="count")
    return counts.assign(predicted=counts["predicted"] / bins, voted=counts["voted"] / bins)


def _known(predicted: Fractions, voted: Fractions) -> tuple[Fractions, Fractions]:
    """Those of the known votes, in a row."""
    known = ~np.isnan(voted)
    return predicted[known], voted[known]


def _bins(fractions: Fractions, bins: int) -> NDArray[np.int64]:
    """The bin of each fraction, from 0 on; 1 belongs to the last."""
    places = np.clip(np.floor(fractions * bins), 0, bins - 1)
    return places.astype(np.int64)
