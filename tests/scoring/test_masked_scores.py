"""Scores over known answers alone: an answer that isn't known is NaN in the votes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from galaxyzoo.scoring.baselines import predict_central_pixel, predict_mean_vote
from galaxyzoo.scoring.calibration import calibration_table, joint_counts
from galaxyzoo.scoring.highlights import (
    find_telling_answers,
    hardest_answers,
    largest_votes,
    rank_galaxies,
)
from galaxyzoo.scoring.results import Results, score
from galaxyzoo.scoring.rmse import answer_rmse, galaxy_rmse, question_rmse, rmse
from galaxyzoo.tree import GZ2
from tests.conftest import COLUMNS, make_labels
from tests.scoring.test_highlights import make_votes
from tests.scoring.test_scores import centers_of
from tests.small_tree import SMALL

FRACTIONS = st.floats(0, 1)
SHAPES = st.tuples(st.integers(1, 6), st.just(len(SMALL.columns)))
PREDICTED = SHAPES.flatmap(lambda shape: arrays(float, shape, elements=FRACTIONS))
SCORED = PREDICTED.flatmap(
    lambda own: st.tuples(
        st.just(own), arrays(float, own.shape, elements=FRACTIONS | st.just(float("nan")))
    )
)
"""What was predicted, and what was voted as far as it is known: [N, 7] each"""

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def plain(predicted: NDArray[np.float64], voted: NDArray[np.float64]) -> object:
    """The RMSE of what is known, written down once more; equal to NaN where nothing is."""
    known = ~np.isnan(voted)
    error = np.sqrt(((predicted - voted)[known] ** 2).mean()) if known.any() else np.nan
    return pytest.approx(error, nan_ok=True)


@given(SCORED)
def test_an_rmse_is_that_of_the_known_entries(scored: Pair) -> None:
    predicted, voted = scored
    assert rmse(predicted, voted) == plain(predicted, voted)
    rows = zip(galaxy_rmse(predicted, voted), predicted, voted, strict=True)
    columns = zip(answer_rmse(predicted, voted), predicted.T, voted.T, strict=True)
    for error, *own in [*rows, *columns]:
        assert error == plain(*own)
    for name, error in question_rmse(SMALL, predicted, voted).items():
        part = SMALL.span(SMALL.question(name))
        assert error == plain(predicted[:, part], voted[:, part])


@settings(max_examples=30)
@given(SCORED)
def test_bins_and_cells_hold_each_known_entry_once(scored: Pair) -> None:
    predicted, voted = scored
    known = ~np.isnan(voted)
    table, cells = calibration_table(predicted, voted), joint_counts(predicted, voted)
    assert table["count"].sum() == cells["count"].sum() == known.sum()
    assert (table["count"] * table["voted"]).sum() == pytest.approx(voted[known].sum())
    assert (table["count"] * table["predicted"]).sum() == pytest.approx(predicted[known].sum())


def test_a_prediction_that_is_no_number_is_not_passed_over() -> None:
    predicted, voted = np.full((2, 3), 0.5), np.full((2, 3), 0.4)
    predicted[0, 0] = voted[1, 1] = np.nan
    assert np.isnan(rmse(predicted, voted))


def test_baselines_are_means_of_known_votes() -> None:
    """A group that knows nothing of an answer has the mean of all; one nobody knows of has 0."""
    red, blue = (200, 50, 50), (50, 50, 200)
    nan = np.nan
    votes = np.array([[0.2, nan, nan], [nan, nan, nan], [0.6, 0.5, nan], [0.4, 0.7, nan]])
    assert predict_mean_vote(votes, 2) == pytest.approx(np.array([[0.4, 0.6, 0]] * 2))
    centers = centers_of(red, red, blue, blue)
    predicted = predict_central_pixel(centers, votes, centers_of(red, blue))
    assert predicted == pytest.approx(np.array([[0.2, 0.6, 0], [0.5, 0.6, 0]]))


def masked_votes() -> pd.DataFrame:
    """Nobody knows the arms; one galaxy knows nothing, another only whether it is odd."""
    votes = make_votes(0, 8)
    votes[["Class10.1", "Class10.2", "Class10.3"]] = np.nan
    votes.iloc[5] = np.nan
    votes.loc[votes.index[6], [c for c in COLUMNS if not c.startswith("Class6.")]] = np.nan
    return votes


def test_what_stands_out_is_found_among_what_is_known() -> None:
    votes = masked_votes()
    ranked = rank_galaxies(votes.fillna(0.3) + 0.1, votes, shown=8)
    assert set(ranked.best.index) == set(votes.index.delete(5))
    assert {GZ2.asker(own).name for own in find_telling_answers(GZ2, votes, 11)} == {
        question.name for question in GZ2.questions if question.name != "winding"
    }
    assert set(largest_votes(votes.iloc[6])) == {"Class6.1", "Class6.2"}


def test_scores_say_of_how_many_galaxies_they_are(tmp_path: Path) -> None:
    votes = masked_votes()
    voted = votes.to_numpy()
    predicted = make_labels(votes.index, 3)[list(COLUMNS)].to_numpy()
    models = {"cnn": predicted, "central_pixel": predicted / 2}
    results = score(GZ2, voted, models, {"cnn": predicted}, {"cnn": predicted})
    results.write(tmp_path / "metrics", tmp_path / "scores")
    read = Results.read(tmp_path / "metrics", tmp_path / "scores")
    assert read.models["rmse"]["cnn"] == pytest.approx(rmse(predicted, voted), abs=1e-6)
    json.loads((tmp_path / "metrics" / "cnn.json").read_text(), parse_constant=pytest.fail)
    for table in (results.answers, read.answers):
        own = table[table["model"] == "cnn"].set_index("column")
        assert own["known"].tolist() == votes.notna().sum().tolist()
        assert own["rmse"].isna().sum() == 3
        assert own["known"].dtype == int
    assert set(hardest_answers(read.answers)[0]) <= set(COLUMNS)
    assert np.isnan(read.question_rmse("cnn")["winding"])
    assert read.agreement["rmse_before"]["cnn"] == read.models["rmse"]["cnn"]
    assert read.calibration["count"].sum() == 2 * votes.notna().sum().sum()
