"""The competition's score, by answer and by question; what to compare it with."""

from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.tree import ANSWERS, COLUMNS, QUESTIONS, violations

PUBLISHED = {
    "Kaggle's central pixel": 0.16194,
    "the course's CNN": 0.11684,
    "the course's ResNet-18": 0.10863,
}
"""RMSE on real galaxies, as published: the benchmark trained on all 61,578 and scored on the
competition's test set; the course's networks trained on 49,262 and scored on the other 12,316."""

LEADERBOARD_TEAMS = 326

Fractions = NDArray[np.floating]


def rmse(predicted: Fractions, voted: Fractions) -> float:
    """The competition's score: the root of the mean squared error over all N x 37 fractions."""
    return float(np.sqrt(np.mean(np.square(predicted - voted, dtype=np.float64))))


def answer_rmse(predicted: Fractions, voted: Fractions) -> NDArray[np.float64]:
    """The RMSE of each answer: float64 [37], from fractions of shape [N, 37]."""
    squared = np.square(predicted - voted, dtype=np.float64)
    root: NDArray[np.float64] = np.sqrt(squared.mean(axis=0))
    return root


def question_rmse(predicted: Fractions, voted: Fractions) -> dict[str, float]:
    """The RMSE over the answers to each of the 11 questions, by the question's name."""
    return {q.name: rmse(predicted[:, q.slice], voted[:, q.slice]) for q in QUESTIONS}


def gain_percent(score: float, reference: float) -> float:
    """By how many percent `score` is below `reference`; negative where it is above."""
    return 100 * (1 - score / reference)


def score(predicted: Fractions, voted: Fractions) -> dict[str, Any]:
    """What metrics/evaluate.json says of one model; `compare` adds to it."""
    return {
        "rmse": round(rmse(predicted, voted), 6),
        "questions": {
            name: round(error, 6) for name, error in question_rmse(predicted, voted).items()
        },
    }


def compare(own_rmse: float, central_pixel_rmse: float) -> dict[str, Any]:
    """An RMSE beside the benchmark on the same galaxies, and beside Kaggle's leaderboard."""
    return {
        "gain_over_central_pixel_percent": round(gain_percent(own_rmse, central_pixel_rmse), 2),
        "about_kaggle_rank": kaggle_rank(own_rmse),
    }


def score_all(predictions: dict[str, Fractions], voted: Fractions) -> dict[str, dict[str, Any]]:
    """The scores of several models on the same galaxies, by model, each compared.

    `predictions` holds fractions of shape [N, 37] by model, "central_pixel" among them.
    """
    scores = {model: score(predicted, voted) for model, predicted in predictions.items()}
    reference = scores["central_pixel"]["rmse"]
    return {model: compare(own["rmse"], reference) | own for model, own in scores.items()}


def score_agreement(
    predicted: Fractions, projected: Fractions, voted: Fractions
) -> dict[str, dict[str, float]]:
    """RMSE, and the largest miss of a sum that the decision tree asks for: before and after."""
    return {
        when: {
            "rmse": round(rmse(fractions, voted), 6),
            "largest_violation": round(float(violations(fractions).max()), 6),
        }
        for when, fractions in (("before_projection", predicted), ("after_projection", projected))
    }


def answer_table(predictions: dict[str, Fractions], voted: Fractions) -> pd.DataFrame:
    """The RMSE of each answer under each model: a row per model and answer."""
    rows = [
        {"model": model, "column": column, "answer": ANSWERS[column], "rmse": error}
        for model, predicted in predictions.items()
        for column, error in zip(COLUMNS, answer_rmse(predicted, voted), strict=True)
    ]
    return pd.DataFrame(rows)


def predict_mean_vote(train_votes: Fractions, count: int) -> Fractions:
    """The mean training label for each of `count` galaxies: [count, 37]."""
    return np.tile(train_votes.mean(axis=0), (count, 1))


def predict_central_pixel(
    train_centers: NDArray[np.uint8], train_votes: Fractions, centers: NDArray[np.uint8]
) -> Fractions:
    """The competition's central-pixel benchmark, fitted on a training split.

    Galaxies are grouped by the colour of their central pixels (`central_pixel_keys`); each group
    predicts its mean training label, and a group that training lacks the mean of all. The
    official program leaves Class11.6 at 0 through a slip in its loop; this one does not.

    `train_centers` and `centers` are uint8 [N, 10, 10, 3], `train_votes` is [N, 37].
    """
    groups = pd.DataFrame(train_votes).groupby(central_pixel_keys(train_centers)).mean()
    predicted = groups.reindex(central_pixel_keys(centers)).to_numpy()
    return np.where(np.isnan(predicted), train_votes.mean(axis=0), predicted)


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


def leaderboard() -> pd.DataFrame:
    """The known points of Kaggle's private leaderboard: rank and rmse, best first."""
    return pd.read_csv(str(files("galaxyzoo") / "leaderboard.csv"))


def kaggle_rank(score: float) -> int | None:
    """About which rank of 326 an RMSE would have had on Kaggle's private leaderboard.

    Interpolated between the known points of leaderboard.csv. None: worse than the last of them,
    rank 145. A local split is not the competition's test set, so this is a hint and no more.
    """
    known = leaderboard()
    if score > known["rmse"].max():
        return None
    return round(float(np.interp(score, known["rmse"], known["rank"])))
