from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.crop_resize import CENTER
from galaxyzoo.images import crop_center, decode, open_images
from galaxyzoo.scores import (
    answer_rmse,
    answer_table,
    central_pixel_keys,
    gain_percent,
    kaggle_rank,
    predict_central_pixel,
    predict_mean_vote,
    question_rmse,
    rmse,
    score_agreement,
    score_all,
)
from galaxyzoo.summary import summarize
from galaxyzoo.tree import COLUMNS
from tests.conftest import make_labels

VOTED = make_labels(range(50), seed=1)[list(COLUMNS)].to_numpy()
PREDICTED = make_labels(range(50), seed=2)[list(COLUMNS)].to_numpy()


def test_rmse_is_over_all_numbers_at_once() -> None:
    voted = np.zeros((2, 37))
    predicted = voted.copy()
    predicted[1, 3] = 0.5
    assert rmse(predicted, voted) == pytest.approx(0.5 / np.sqrt(74))
    assert rmse(predicted.astype(np.float32), voted) == rmse(predicted, voted)


def test_all_zeros_score_on_some_real_galaxies_about_what_they_do_on_all(real_data: Path) -> None:
    votes = pd.read_csv(real_data / "training_solutions_rev1.csv")[list(COLUMNS)].to_numpy()
    assert rmse(np.zeros_like(votes), votes) == pytest.approx(0.27160, rel=0.03)


def test_agreement_with_the_tree_before_and_after() -> None:
    predicted = VOTED.copy()
    predicted[3, COLUMNS.index("Class6.1")] += 0.25
    agreement = score_agreement(predicted, VOTED, VOTED)
    before = {"rmse": round(0.25 / np.sqrt(50 * 37), 6), "largest_violation": 0.25}
    assert agreement["before_projection"] == before
    assert agreement["after_projection"] == {"rmse": 0.0, "largest_violation": 0.0}


def test_the_parts_make_the_whole() -> None:
    whole = rmse(PREDICTED, VOTED) ** 2
    assert (answer_rmse(PREDICTED, VOTED) ** 2).mean() == pytest.approx(whole)
    answers = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]
    questions = question_rmse(PREDICTED, VOTED)
    assert list(questions)[::10] == ["smooth", "arms"]
    weighted = sum(n * error**2 for n, error in zip(answers, questions.values(), strict=True))
    assert weighted / 37 == pytest.approx(whole)


def test_central_pixel_groups_are_the_official_ones(real_data: Path) -> None:
    """Two galaxies share a key exactly where the official benchmark gives them the same row."""
    source = open_images(real_data / "images_test_rev1.zip")
    originals = (decode(source.read(galaxy_id)) for galaxy_id in source.names)
    centers = np.stack([np.asarray(crop_center(image, CENTER)) for image in originals])
    official = pd.read_csv(real_data / "central_pixel_benchmark.csv", index_col="GalaxyID")
    rows = official.loc[list(source.names)]
    groups = rows.groupby(list(rows.columns)).ngroup()
    table = pd.crosstab(central_pixel_keys(centers), groups.to_numpy())
    assert len(rows) == 200
    assert ((table > 0).sum(axis=0) == 1).all()
    assert ((table > 0).sum(axis=1) == 1).all()


def centers_of(*colors: tuple[int, int, int]) -> np.ndarray:
    return np.array(colors, np.uint8)[:, None, None, :].repeat(10, axis=1).repeat(10, axis=2)


def test_central_pixel_keys_truncate() -> None:
    colors = [(100, 100, 100), (150, 100, 50), (0, 0, 90), (0, 0, 0)]
    assert central_pixel_keys(centers_of(*colors)).tolist() == [111, 110, 3, 0]


def test_central_pixel_predicts_its_groups_mean() -> None:
    red, blue, green = (200, 50, 50), (50, 50, 200), (50, 200, 50)
    votes = VOTED[:3]
    predicted = predict_central_pixel(centers_of(red, red, blue), votes, centers_of(red, green))
    assert np.allclose(predicted[0], votes[:2].mean(axis=0))
    assert np.allclose(predicted[1], votes.mean(axis=0))
    assert predicted[0, 36] > 0


def test_mean_vote_is_that_of_training() -> None:
    predicted = predict_mean_vote(VOTED, 3)
    assert predicted.shape == (3, 37)
    assert np.allclose(predicted, VOTED.mean(axis=0))


@pytest.mark.parametrize(
    ("score", "rank"),
    [(0.07, 1), (0.07491, 1), (0.07951, 4), (0.08304, 10), (0.10494, 60), (0.12859, 145)],
)
def test_known_ranks(score: float, rank: int) -> None:
    assert kaggle_rank(score) == rank


def test_ranks_between_and_beyond_the_known() -> None:
    assert kaggle_rank(0.094) == 35
    assert kaggle_rank(0.1286) is None


def test_gain() -> None:
    assert gain_percent(0.08, 0.16) == pytest.approx(50)
    assert gain_percent(0.2, 0.16) == pytest.approx(-25)


def test_tables() -> None:
    predictions = {"cnn": VOTED, "central_pixel": PREDICTED}
    scores = score_all(predictions, VOTED)
    assert scores["cnn"]["rmse"] == 0
    assert scores["cnn"]["gain_over_central_pixel_percent"] == 100
    assert scores["central_pixel"]["gain_over_central_pixel_percent"] == 0
    assert len(scores["cnn"]["questions"]) == 11
    table = answer_table(predictions, VOTED)
    assert len(table) == 2 * 37
    assert table.iloc[37, :3].tolist() == ["central_pixel", "Class1.1", "Smooth"]


def test_the_summary_gives_a_rank_to_real_galaxies_alone() -> None:
    scores = score_all({"cnn": PREDICTED, "central_pixel": PREDICTED}, VOTED)
    scores["cnn"]["about_kaggle_rank"] = 60
    sky = summarize({"rendered": False} | scores)
    sample = summarize({"rendered": True} | scores)
    assert "about 60 of 326" in sky
    assert "rendered" not in sky
    assert "about 60" not in sample
    assert "These galaxies are rendered" in sample
