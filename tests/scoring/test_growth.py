import pandas as pd
import pytest

from galaxyzoo.scoring.growth import KNOWN, REAL_FLOOR, learning_curve
from tests.conftest import ROOT


def test_the_learning_curve_is_the_mean_of_what_was_measured() -> None:
    """After a new measurement: write the means of docs/learning_curve.csv into scoring/."""
    measured = pd.read_csv(ROOT / "docs" / "learning_curve.csv")
    means = measured.groupby("galaxies")["rmse"].mean()
    own = learning_curve().set_index("galaxies")["rmse"]
    assert own.to_dict() == pytest.approx(means.to_dict(), abs=6e-6)


def test_published_scores_are_those_of_the_leaderboard() -> None:
    assert [(own.galaxies, own.rmse) for own in KNOWN] == [
        (49_262, 0.11684),
        (49_262, 0.10863),
        (55_000, 0.08138),
        (55_000, 0.07491),
    ]


def test_the_floor_is_that_of_the_docs() -> None:
    low, high = REAL_FLOOR
    assert f"**{low} to {high}**" in (ROOT / "docs" / "noise_floor.md").read_text()
