"""Scores that others published, and what may stand beside them.

All are on real galaxies, on the tree of Galaxy Zoo 2, and against the competition's labels.
"""

from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pandas as pd

from galaxyzoo.tree.columns import CALLED, LabelColumn

PUBLISHED = {
    "Kaggle's central pixel": 0.16194,
    "the course's CNN": 0.11684,
    "the course's ResNet-18": 0.10863,
}
"""RMSE, as published: the benchmark trained on all 61,578 galaxies and scored on the competition's
test set; the course's networks trained on 49,262 and scored on the other 12,316."""

LEADERBOARD_TEAMS = 326


def why_apart(rendered: bool, labels: LabelColumn) -> str:
    """Why scores can't be compared with published ones, in a sentence; empty: they can.

    It is decided here, for whatever tells of scores: `rendered` galaxies are none of the sky, and
    labels of another column differ from the competition's by more than networks err.
    """
    if rendered:
        return "These galaxies are rendered: their scores say nothing of the sky."
    if labels != "kaggle":
        return (
            f"The labels are {CALLED[labels]}, not the competition's: Kaggle's scores cannot be "
            "compared, and are not shown."
        )
    return ""


def published_beside(labels: LabelColumn) -> Mapping[str, float]:
    """The published scores that may be shown with scores against some labels: against the same."""
    return PUBLISHED if labels == "kaggle" else {}


def leaderboard() -> pd.DataFrame:
    """The known points of Kaggle's private leaderboard: rank and rmse, best first."""
    return pd.read_csv(str(files("galaxyzoo.scoring") / "leaderboard.csv"))


def kaggle_rank(score: float) -> int | None:
    """About which rank of 326 an RMSE would have had on Kaggle's private leaderboard.

    Interpolated between the known points of leaderboard.csv. None: worse than the last of them,
    rank 145. A local split is not the competition's test set, so this is a hint and no more.
    """
    known = leaderboard()
    if score > known["rmse"].max():
        return None
    return round(float(np.interp(score, known["rmse"], known["rank"])))


def describe_rank(score: float) -> str:
    """Where an RMSE would have stood, in words: "about 60 of 326", or "behind 145 of 326"."""
    rank = kaggle_rank(score)
    if rank is None:
        return f"behind {leaderboard()['rank'].max()} of {LEADERBOARD_TEAMS}"
    return f"about {rank} of {LEADERBOARD_TEAMS}"
