"""Intervals around predictions: what they hold, and how they travel in a model file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.networks.common.metadata import Fields, MetadataError
from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import save_weights
from galaxyzoo.predict.calibrating import LEAST, calibrate
from galaxyzoo.predict.intervals import FEATURES, Intervals, bounded, parse_intervals
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model, read_exported
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.scoring.coverage import Bounds, coverage_table
from galaxyzoo.tree import GZ2
from tests.classify.classify_inputs import make_model, smooth_noise
from tests.conftest import make_labels
from tests.predict.keep_model_file import KEPT
from tests.small_tree import SMALL

COLUMNS = list(SMALL.columns)
IMAGES = np.stack([np.asarray(smooth_noise(seed)) for seed in range(3)])


def galaxies(number: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Predictions that obey the tree, and the votes of 40 volunteers who follow them."""
    draws = np.random.default_rng(seed)
    predicted = make_labels(range(number), seed, SMALL)[COLUMNS].to_numpy()
    voted = np.zeros_like(predicted)
    for question in SMALL.questions:
        span = SMALL.span(question)
        asked = np.round(40 * SMALL.reach(question, voted)).astype(int)
        shares = predicted[:, span] / predicted[:, span].sum(axis=1, keepdims=True).clip(1e-9)
        shares /= shares.sum(axis=1, keepdims=True)
        voted[:, span] = draws.multinomial(asked, shares) / 40
    return predicted, voted


@pytest.fixture(scope="module")
def learned() -> Intervals:
    return calibrate(SMALL, *galaxies(400, seed=1), views=4)


def test_they_hold_nine_of_ten_votes_of_others_also_within_groups(learned: Intervals) -> None:
    predicted, voted = galaxies(2000, seed=2)
    table = coverage_table(SMALL, predicted, Bounds(*learned.around(predicted)), voted)
    groups = table.set_index(["group", "name"])["coverage"]
    assert 0.88 < groups["all", "all"] < 0.94  # votes are whole numbers of volunteers
    assert groups[["question", "mostly_asked"]].between(0.86, 0.96).all()
    large = table[(table["group"] == "predicted") & (table["answers"] > 300)]
    assert len(large) > 5
    assert large["coverage"].between(0.84, 0.97).all()
    wide = large.set_index("name")["width"]
    assert wide["0.4"] > 1.5 * wide["0.0"]


def test_they_hold_as_many_of_others_if_they_were_learned_from_few() -> None:
    """Bounds hold too many of those that they were fitted to: the few here give 0.8 of others."""
    predicted, voted = galaxies(1000, seed=2)
    for seed in (10, 11):
        low, high = calibrate(SMALL, *galaxies(25, seed), views=1).around(predicted)
        table = coverage_table(SMALL, predicted, Bounds(low, high), voted)
        assert 0.89 < table.set_index("group")["coverage"]["all"] < 0.97


def rarely_asked(number: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One in thirty galaxies has arms, and nothing in the predictions tells which."""
    draws = np.random.default_rng(seed)
    arms = np.where(draws.random(number) < 1 / 30, 0.8, 0.1)
    some = arms * draws.random(number)
    disc = np.stack([1 - arms, arms, 0 * arms], axis=1)
    voted = np.column_stack([disc, 1 - arms, arms, some, arms - some])
    predicted = np.tile(voted.mean(axis=0), (number, 1)) + draws.uniform(-0.02, 0.02, voted.shape)
    return predicted, voted


def test_they_hold_as_many_where_most_were_asked_a_question_that_few_are() -> None:
    own = calibrate(SMALL, *rarely_asked(3000, seed=1), views=1)
    predicted, voted = rarely_asked(4000, seed=2)
    table = coverage_table(SMALL, predicted, Bounds(*own.around(predicted)), voted)
    coverage = table.set_index(["group", "name"])["coverage"]
    assert coverage["mostly_asked", "arms"] == pytest.approx(0.9, abs=0.05)


def test_bounds_are_in_order_and_in_range(learned: Intervals) -> None:
    predicted = galaxies(500, seed=3)[0].astype(np.float32)
    low, high = learned.around(predicted)
    assert low.dtype == high.dtype == np.float32
    assert low.min() >= 0
    assert high.max() <= 1
    assert ((low <= predicted) & (predicted <= high)).all()


def test_the_surest_predictions_have_bounds_too(learned: Intervals) -> None:
    """Beyond what is usual, lines that were fitted to the others cross, and would hold nothing."""
    ends = learned.usual.T
    assert (ends[0] < ends[1]).all()
    low, high = learned.around(ends)
    further_low, further_high = learned.around(
        np.stack([np.zeros_like(ends[0]), np.ones_like(ends[1])])
    )
    assert (1 - further_low[1] >= (ends - low)[1] - 1e-9).all()
    assert (further_high[0] >= (high - ends)[0] - 1e-9).all()
    assert (further_low[1] < 0.99).all()
    assert (further_high[0] > 0.01).all()


def test_a_bound_that_is_near_0_is_so_beyond_what_is_usual(learned: Intervals) -> None:
    """A rare answer is hardly ever predicted, and its votes are mostly 0 where it is."""
    end = learned.usual[:, 1]
    beyond = np.minimum(3 * end, 1)
    assert (beyond > end).any()
    low, further = (learned.around(own[None])[0][0] for own in (end, beyond))
    assert (further / beyond <= low / end + 1e-9).all()


def rare(number: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hardly any picture shows no galaxy, and where one may, nobody knows how many say so."""
    draws = np.random.default_rng(seed)
    predicted, voted = (own.copy() for own in galaxies(number, seed))
    doubted = draws.random(number) < 0.03
    said = np.where(doubted, draws.uniform(0, 0.8, number), draws.binomial(40, 0.02, number) / 40)
    for table, none, round_share in (
        (predicted, np.where(doubted, 0.4, 0.02), 0.5),
        (voted, said, draws.binomial(40, 0.5, number) / 40),
    ):
        found = 1 - none
        table[:, :3] = np.stack([found * round_share, found * (1 - round_share), none], axis=1)
    return predicted, voted


def test_a_rare_answer_that_is_predicted_after_all_has_wide_bounds() -> None:
    """As far as votes are there, and not as far as is usual, where it isn't predicted."""
    own = calibrate(SMALL, *rare(2000, seed=1), views=1)
    predicted, voted = rare(3000, seed=2)
    low, high, said = *(table[:, 2] for table in own.around(predicted)), voted[:, 2]
    doubted = predicted[:, 2] == 0.4
    assert own.usual[2, 1] < 0.1
    assert ((low <= said) & (said <= high))[doubted].mean() > 0.8
    assert (high - low)[doubted].mean() > 0.5


def test_what_nobody_knows_and_what_nobody_was_asked_teach_nothing() -> None:
    predicted, voted = galaxies(200, seed=1)
    unasked = SMALL.reach(SMALL.questions[-1], voted) == 0
    hidden, span = voted.copy(), SMALL.span(SMALL.questions[-1])
    hidden[unasked, span] = np.nan
    assert unasked.any()
    known = calibrate(SMALL, predicted, voted, views=1)
    masked = calibrate(SMALL, predicted, hidden, views=1)
    assert np.array_equal(known.below, masked.below)
    assert np.array_equal(known.above, masked.above)


@pytest.mark.parametrize("number", [1, LEAST - 1])
def test_from_few_galaxies_nothing_is_learned_and_all_is_held(number: int) -> None:
    predicted, voted = galaxies(number, seed=1)
    low, high = calibrate(SMALL, predicted, voted, views=1).around(predicted)
    assert (low == 0).all()
    assert (high == 1).all()


def test_the_same_galaxies_give_the_same_bounds(learned: Intervals) -> None:
    again = calibrate(SMALL, *galaxies(400, seed=1), views=4)
    assert again.as_dict() == learned.as_dict()


def test_a_model_file_carries_them(tmp_path: Path, learned: Intervals) -> None:
    trained = make_model(tmp_path / "trained", tree=SMALL)
    export_model(trained, tmp_path / "model", PredictSettings(4, True), Measured(learned))
    model = read_exported(tmp_path / "model")
    assert model.intervals is not None
    assert model.intervals.as_dict() == learned.as_dict()
    export_model(trained, tmp_path / "without", PredictSettings(4, True))
    assert read_exported(tmp_path / "without").intervals is None
    assert read_exported(KEPT).intervals is None


def test_tables_have_the_bounds_behind_what_they_bound(
    tmp_path: Path, learned: Intervals, caplog: pytest.LogCaptureFixture
) -> None:
    trained, path = make_model(tmp_path / "trained", tree=SMALL), tmp_path / "model"
    export_model(trained, path, PredictSettings(4, True), Measured(learned))
    table = load_model(path).predict(IMAGES)
    assert list(table.columns) == bounded(COLUMNS)
    assert list(table.columns[:3]) == [COLUMNS[0], f"{COLUMNS[0]}_low", f"{COLUMNS[0]}_high"]
    bare = load_model(path, LoadOptions(intervals=False)).predict(IMAGES)
    assert bare.equals(table[COLUMNS])
    low, high = learned.around(bare.to_numpy())
    assert np.allclose(table[[f"{c}_low" for c in COLUMNS]], low, atol=1e-4)
    assert np.allclose(table[[f"{c}_high" for c in COLUMNS]], high, atol=1e-4)
    assert load_model(path).describe(table).equals(load_model(path).describe(bare))
    assert caplog.text == ""
    assert list(load_model(path, LoadOptions(views=1)).predict(IMAGES).columns) == COLUMNS
    assert "no intervals, which were measured with 4 views, not 1" in caplog.text


def as_json(learned: Intervals, **changed: object) -> Fields:
    content: dict[str, Any] = json.loads(json.dumps(learned.as_dict() | changed))
    return Fields({"intervals": content})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("features", ["one"], "features must be one, fraction, .* this galaxyzoo computes"),
        ("coverage", 90, "coverage must be a number from 0 to 1, got 90"),
        ("coverage", True, "coverage must be a number from 0 to 1"),
        ("usual", [[0.0, 2.0]] * len(COLUMNS), "usual must be .* from -1 to 1"),
        (
            "usual",
            [[0.6, 0.4]] * len(COLUMNS),
            r"usual must be \d+ pairs of .* the smaller one first",
        ),
        ("usual", [[-0.1, 1.0]] * len(COLUMNS), r"usual must be \d+ pairs of fractions"),
        ("views", 0, "views must be a whole number from 1"),
        ("below", [[0.0] * len(FEATURES)], r"below must be \d+ lists of 3 numbers"),
        ("above", [["0"] * len(FEATURES)] * len(COLUMNS), "above must be .* got 'a list of"),
        (
            "above",
            [[1e9] * len(FEATURES)] * len(COLUMNS),
            "above must be .* from -1000 to 1000",
        ),
    ],
)
def test_nonsense_is_refused_by_name(
    learned: Intervals, name: str, value: object, message: str
) -> None:
    assert parse_intervals(as_json(learned), SMALL) is not None
    with pytest.raises(MetadataError, match=f"intervals.{message}"):
        parse_intervals(as_json(learned, **{name: value}), SMALL)


def test_those_of_another_tree_are_refused(learned: Intervals) -> None:
    with pytest.raises(MetadataError, match=r"usual must be 37 lists"):
        parse_intervals(as_json(learned), GZ2)


def test_a_damaged_one_is_told_by_the_files_name(tmp_path: Path) -> None:
    model = read_exported(make_model(tmp_path / "trained", tree=SMALL))
    told = {"predict": {"views": 1, "project": True}, "intervals": {"coverage": 2}}
    save_weights(tmp_path / "model", model.module, model.info.as_dict() | told)
    with pytest.raises(
        ModelFileError, match=r"model: its metadata can't be used: intervals\.features"
    ):
        read_exported(tmp_path / "model")
