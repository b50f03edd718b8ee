import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.chunks import CENTER
from galaxyzoo.images.cropping import crop_center
from galaxyzoo.images.decoding import decode
from galaxyzoo.report.summary import summarize
from galaxyzoo.scoring.baselines import (
    BASELINES,
    central_pixel_keys,
    predict_baselines,
    predict_central_pixel,
    predict_mean_vote,
)
from galaxyzoo.scoring.leaderboard import (
    PUBLISHED,
    describe_rank,
    kaggle_rank,
    published_beside,
    why_apart,
)
from galaxyzoo.scoring.results import Results, score, unlike_table
from galaxyzoo.scoring.rmse import answer_rmse, describe_gain, gain_percent, question_rmse, rmse
from galaxyzoo.tree import GZ2, LABEL_COLUMNS, LabelColumn
from tests.conftest import COLUMNS, make_labels
from tests.small_tree import SMALL

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


def test_the_parts_make_the_whole() -> None:
    whole = rmse(PREDICTED, VOTED) ** 2
    assert (answer_rmse(PREDICTED, VOTED) ** 2).mean() == pytest.approx(whole)
    answers = [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]
    questions = question_rmse(GZ2, PREDICTED, VOTED)
    assert list(questions)[::10] == ["smooth", "arms"]
    weighted = sum(n * error**2 for n, error in zip(answers, questions.values(), strict=True))
    assert weighted / 37 == pytest.approx(whole)


def test_central_pixel_groups_are_the_official_ones(real_data: Path) -> None:
    """Two galaxies share a key exactly where the official benchmark gives them the same row."""
    source = open_images(real_data / "images_test_rev1.zip")
    originals = (decode(source.read(galaxy_id)) for galaxy_id in source.names)
    centers = np.stack([np.asarray(crop_center(image, CENTER)) for image in originals])
    official = pd.read_csv(real_data / "central_pixel_benchmark.csv", dtype={"GalaxyID": str})
    official = official.set_index("GalaxyID")
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


def test_nothing_is_gained_over_a_reference_without_error() -> None:
    assert gain_percent(0, 0) == 0
    assert math.isnan(gain_percent(0.1, 0))
    assert [describe_gain(gain) for gain in (math.nan, 12.34, -5)] == ["-", "+12.3%", "-5.0%"]


@pytest.mark.parametrize("count", [1, 2, 30])
def test_scores_of_votes_that_are_all_the_same_are_written_and_read(
    tmp_path: Path, count: int
) -> None:
    voted = np.repeat(VOTED[:1], count, axis=0)
    predictions = {"cnn": np.repeat(PREDICTED[:1], count, axis=0), "central_pixel": voted}
    results = score(GZ2, voted, predictions, {"cnn": voted}, {"cnn": voted})
    results.write(tmp_path / "metrics", tmp_path / "scores")
    written = json.loads(
        (tmp_path / "metrics" / "cnn.json").read_text(), parse_constant=pytest.fail
    )
    assert written["rmse_gain_percent"] is None
    read = Results.read(tmp_path / "metrics", tmp_path / "scores")
    assert math.isnan(read.models["rmse_gain_percent"]["cnn"])
    assert read.models["rmse_gain_percent"]["central_pixel"] == 0
    assert " - " in summarize(read, apart="")
    for name in ("questions", "answers", "calibration", "agreement"):
        assert not getattr(read, name).isna().any(axis=None), name


def test_ranks_in_words() -> None:
    assert describe_rank(0.10494) == "about 60 of 326"
    assert describe_rank(0.2) == "behind 145 of 326"


@pytest.mark.parametrize("labels", LABEL_COLUMNS)
def test_only_real_galaxies_with_the_competitions_labels_compare(labels: LabelColumn) -> None:
    assert "These galaxies are rendered" in why_apart(True, labels)
    why = why_apart(False, labels)
    assert (why == "") == (labels == "kaggle")
    assert "\n" not in why
    assert published_beside(labels) == (PUBLISHED if labels == "kaggle" else {})


def test_baselines_are_fitted_on_the_training_split_alone() -> None:
    train, test = VOTED[:20], PREDICTED[20:]
    red, blue = centers_of(*[(200, 50, 50)] * 20), centers_of(*[(50, 50, 200)] * 30)
    predicted = predict_baselines(train, red, blue)
    assert set(predicted) == set(BASELINES)
    for own in predicted.values():
        assert own.shape == test.shape
        assert np.allclose(own, train.mean(axis=0))


def make_results() -> Results:
    """Of a network that misses by some noise and obeys the tree, and of the baselines."""
    raw = VOTED + np.random.default_rng(0).normal(0, 0.1, VOTED.shape)
    predictions = {"cnn": PREDICTED, "mean_vote": VOTED / 2, "central_pixel": VOTED * 0}
    return score(GZ2, VOTED, predictions, {"cnn": raw}, {"cnn": PREDICTED})


def test_each_model_has_the_same_few_numbers() -> None:
    models = make_results().models
    assert list(models.columns) == ["rmse", "rmse_gain_percent", "rmse_unprojected"]
    assert models["rmse"]["cnn"] == round(rmse(PREDICTED, VOTED), 6)
    assert models["rmse_gain_percent"]["central_pixel"] == 0
    assert models["rmse_gain_percent"]["mean_vote"] == pytest.approx(50)
    assert models["rmse"]["mean_vote"] == models["rmse_unprojected"]["mean_vote"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    results = make_results()
    results.write(tmp_path / "metrics", tmp_path / "scores")
    read = Results.read(tmp_path / "metrics", tmp_path / "scores")
    for name in ("models", "questions", "answers", "calibration", "agreement"):
        ours, theirs = getattr(results, name), getattr(read, name)
        pd.testing.assert_frame_equal(ours.sort_index(), theirs, atol=1e-6, check_dtype=False)
    assert read.noise_floor == results.noise_floor
    assert read.unlike.empty
    unlike = unlike_table({"cnn": np.arange(50) < 3})
    replace(results, unlike=unlike).write(tmp_path / "metrics", tmp_path / "scores")
    again = Results.read(tmp_path / "metrics", tmp_path / "scores").unlike
    assert again.loc["cnn"].to_dict() == {"galaxies": 50, "warned": 3}
    metrics = json.loads((tmp_path / "metrics" / "mean_vote.json").read_text())
    assert list(metrics) == ["rmse", "rmse_gain_percent", "rmse_unprojected"]


def test_tables_have_a_row_for_each_question_answer_and_bin() -> None:
    results = make_results()
    assert len(results.questions) == 3 * 11
    assert len(results.answers) == 3 * 37
    first = results.answers.iloc[0].tolist()
    assert first[:4] == ["cnn", "smooth", "Class1.1", "Smooth"]
    assert first[4] == pytest.approx(answer_rmse(PREDICTED, VOTED)[0], abs=1e-6)
    assert results.question_rmse("cnn")["arms"] == pytest.approx(
        question_rmse(GZ2, PREDICTED, VOTED)["arms"], abs=1e-6
    )
    counted = results.calibration.groupby("model")["count"].sum()
    assert (counted == VOTED.size).all()


def test_agreement_with_the_tree_before_and_after() -> None:
    predicted = VOTED.copy()
    predicted[3, COLUMNS.index("Class6.1")] += 0.25
    models = {"cnn": VOTED, "central_pixel": PREDICTED}
    agreement = score(GZ2, VOTED, models, {"cnn": predicted}, {"cnn": VOTED}).agreement
    assert agreement.loc["cnn"].to_dict() == {
        "rmse_before": round(0.25 / np.sqrt(50 * 37), 6),
        "rmse_after": 0,
        "violation_before": 0.25,
        "violation_after": 0,
    }


def test_any_tree_is_scored() -> None:
    voted = make_labels(range(30), 1, SMALL)[list(SMALL.columns)].to_numpy()
    models = {"cnn": voted / 2, "central_pixel": voted * 0}
    results = score(SMALL, voted, models, {"cnn": voted / 2}, {"cnn": voted / 2})
    assert results.models["rmse_gain_percent"]["cnn"] == pytest.approx(50)
    assert set(results.questions["question"]) == {"shape", "tails", "arms"}


def test_the_summary_gives_a_rank_to_real_galaxies_alone() -> None:
    results = make_results()
    results.models.loc["cnn", "rmse"] = 0.10494
    results.models.loc["mean_vote", "rmse"] = 0.2
    sky = summarize(results, why_apart(rendered=False, labels="kaggle"))
    assert "about 60 of 326" in sky
    assert "These galaxies are rendered" not in sky
    assert "The labels are" not in sky
    for own in (True, "kaggle"), (False, "debiased"), (True, "fraction"):
        apart = why_apart(*own)
        said = summarize(results, apart)
        assert "of 326" not in said
        assert f"\n\n{apart}\n\n" in said, "in a line of its own"
    assert sky.splitlines()[1].startswith("cnn "), "the best comes first"
