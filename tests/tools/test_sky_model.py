"""The model of the sky: how it is scored and told of, and the file that the package carries."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import write_csv
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.base.sections import validate
from galaxyzoo.devices import Compute
from galaxyzoo.predict.inference import see_batch
from galaxyzoo.predict.likeness import Cloud
from galaxyzoo.predict.model_files import ExportedModel, read_exported
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.classify.classify_inputs import make_model
from tests.conftest import COLUMNS, ROOT, make_jpeg, make_labels, make_zip
from tools.sky_model import __main__ as program
from tools.sky_model import shipping
from tools.sky_model.card import write_page
from tools.sky_model.folds import draw_folds
from tools.sky_model.looking import find_weights, predict_some
from tools.sky_model.scores import measure, spread
from tools.sky_model.settings import SETTINGS, Settings, read_settings
from tools.sky_model.training import Galaxies

IDS = range(101, 121)
MOST_BYTES, MOST_RMSE = 4_000_000, 0.088


def predictions(by: tuple[float, float] = (0.1, 0.3)) -> pd.DataFrame:
    """Of two folds, whose every fraction is too large by 0.1 and 0.3; in another order."""
    table = make_labels(IDS).iloc[::-1]
    table.insert(1, "fold", np.arange(len(table)) % 2 + 1)
    for fold, wrong in zip((1, 2), by, strict=True):
        table.loc[table["fold"] == fold, list(COLUMNS)] += wrong
    return table


def test_the_folds_share_the_galaxies_out_evenly_and_keep_twins_together() -> None:
    firsts = np.arange(103)
    firsts[[50, 70]] = 7
    folds = draw_folds(firsts, 5, seed=42)
    assert folds[50] == folds[70] == folds[7]
    assert set(folds) == {1, 2, 3, 4, 5}
    assert np.ptp(np.bincount(folds)[1:]) <= 3
    assert np.array_equal(folds, draw_folds(firsts, 5, seed=42))


def test_scores_are_those_of_each_fold() -> None:
    scores = measure(GZ2, predictions(), make_labels(IDS).set_index(ID_COLUMN))
    assert scores.galaxies == 20
    assert scores.all_answers == pytest.approx((0.1, 0.3), abs=1e-6)
    assert set(scores.by_question) == {question.name for question in GZ2.questions}
    assert scores.by_question["arms"] == pytest.approx((0.1, 0.3), abs=1e-6)
    assert spread((0.1, 0.3)) == pytest.approx(0.14142)


def test_a_galaxy_that_comes_twice_or_has_no_votes_is_refused() -> None:
    voted = make_labels(IDS).set_index(ID_COLUMN)
    twice = pd.concat([predictions(), predictions().iloc[:1]])
    for table, votes in ((twice, voted), (predictions(), voted.iloc[:-1])):
        with pytest.raises(UserError, match="1 galaxy is there twice, or without votes: 120"):
            measure(GZ2, table, votes)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExportedModel:
    """What comes of some weights and predictions."""
    monkeypatch.setattr(shipping, "SHIPPED", tmp_path / "sky.safetensors")
    monkeypatch.setattr(shipping, "PAGE", tmp_path / "card.md")
    labels = tmp_path / "labels.csv"
    write_csv(labels, make_labels(IDS))
    weights = make_model(tmp_path / "weights.safetensors", "tuned")
    shipping.ship(weights, predictions((0.09, 0.1)), labels, read_settings())
    return read_exported(tmp_path / "sky.safetensors")


def test_the_file_says_what_was_measured_and_with_which_settings(shipped: ExportedModel) -> None:
    assert (shipped.card["rmse"], shipped.card["rmse_deviation"]) == (0.095, 0.00707)
    assert shipped.card["galaxies"] == 20
    assert shipped.training == read_settings().model_dump()
    assert shipped.settings.views == read_settings().predict.views


def test_the_page_tells_it_to_people(shipped: ExportedModel, tmp_path: Path) -> None:
    page = (tmp_path / "card.md").read_text()
    assert page == write_page(shipped)
    words = " ".join(page.split())
    assert "**0.0950**, with a standard deviation of 0.0071 between folds (0.0900, 0.1000)" in words
    assert "20 of its 61,578 galaxies" in words
    assert "The central 212 of 424 pixels are kept, 4.24 radii" in words
    for question in GZ2.questions:
        assert f"| {question.text} | 0.0950 | 0.0071 |\n" in page
    for text in (*shipped.card["not_for"], *shipped.card["cite"], shipped.card["licence"]):
        assert " ".join(text.split()) in words
    prose = [line for line in page.splitlines() if not line.startswith(("|", "    ", "#"))]
    assert max(map(len, prose)) <= 100
    assert "$" not in page


def test_the_file_has_the_intervals_of_all_folds(shipped: ExportedModel) -> None:
    intervals = shipped.intervals
    assert intervals is not None
    assert (intervals.galaxies, intervals.views) == (20, read_settings().predict.views)
    held = shipped.card["intervals"]
    assert set(held) == {"coverage", "width", "mostly_asked", "by_question"}
    assert set(held["by_question"]["smooth"]) == {"coverage", "deviation", "galaxies"}
    assert "error bar" not in write_page(shipped)


def test_its_settings_are_those_of_the_yaml(shipped: ExportedModel, tmp_path: Path) -> None:
    """As the page shows them."""
    _, _, block = write_page(shipped).partition("## Settings")
    copied = tmp_path / "settings.yaml"
    copied.write_text("\n".join(line[4:] for line in block.splitlines() if line[:4] == "    "))
    assert read_settings(copied) == read_settings(SETTINGS)


def test_from_images_and_votes_to_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small, and again after it was stopped: what is done is not done once more."""
    (tmp_path / "raw").mkdir()
    ids = IDS[:8]
    members = {f"images_training_rev1/{number}.jpg": make_jpeg(number, 64, 64) for number in ids}
    make_zip(tmp_path / "raw" / "images_training_rev1.zip", members)
    write_csv(tmp_path / "raw" / "training_solutions_rev1.csv", make_labels(ids))
    small = {
        "epochs: 100": "epochs: 1",
        "folds: 5": "folds: 2",
        "size: 80": "size: 16",
        "crop: 180": "crop: 32",
    }
    text = SETTINGS.read_text()
    for whole, part in small.items():
        text = text.replace(whole, part)
    (tmp_path / "settings.yaml").write_text(text)
    monkeypatch.setattr(program, "read_settings", lambda: read_settings(Path("settings.yaml")))
    monkeypatch.setattr(shipping, "SHIPPED", tmp_path / "sky.safetensors")
    monkeypatch.setattr(program, "usable_cores", lambda: 1)
    monkeypatch.setattr(sys, "argv", ["sky_model", "raw"])
    monkeypatch.chdir(tmp_path)
    program.main()
    first = (tmp_path / "sky.safetensors").read_bytes()
    model = read_exported(tmp_path / "sky.safetensors")
    assert (model.card["galaxies"], model.info.label_column) == (8, "kaggle")
    assert len(model.card["rmse_by_fold"]) == 2
    assert (tmp_path / shipping.PAGE).read_text() == write_page(model)
    assert model.likeness is not None
    assert (model.likeness.galaxies, len(model.likeness.cloud.mean)) == (8, 120)
    images = np.load(program.WORK / "processed" / "images.npy")
    found = see_batch(
        model.folded(), torch.from_numpy(images), Compute(torch.device("cpu")), model.views
    )
    assert np.allclose(model.likeness.cloud.mean, Cloud.of(found.layers.numpy()).mean, atol=1e-5)
    assert model.residuals is not None
    assert (model.residuals.galaxies, model.residuals.ridge) == (8, 1)
    held_out = pd.read_csv(program.WORK / "out_of_fold.csv", dtype={ID_COLUMN: str})
    settings = read_settings(Path("settings.yaml"))
    galaxies = Galaxies(
        ProcessedPaths(program.WORK / "processed"),
        tmp_path / "raw/training_solutions_rev1.csv",
        settings,
    )
    for fold, weights in find_weights(program.WORK, 2).items():
        if fold:
            others, own = (galaxies.some(galaxies.folds == n) for n in (3 - fold, fold))
            given = held_out[held_out["fold"] == fold].set_index(ID_COLUMN)[list(COLUMNS)]
            expected = predict_some(others, own, weights, settings)
            assert np.allclose(given.loc[own.galaxy_ids.tolist()], expected, atol=1e-5)
    trained = {path: path.stat().st_mtime_ns for path in program.WORK.glob("*/*.safetensors")}
    assert len(trained) == 3
    program.main()
    assert {path: path.stat().st_mtime_ns for path in trained} == trained
    assert (tmp_path / "sky.safetensors").read_bytes() == first
    (tmp_path / "sky.safetensors").unlink()
    monkeypatch.setattr(shipping, "read_settings", lambda: read_settings(Path("settings.yaml")))
    monkeypatch.setattr(sys, "argv", ["shipping", "raw", str(program.WORK)])
    shipping.main()
    assert (tmp_path / "sky.safetensors").read_bytes() == first
    one, other = (find_weights(program.WORK, 2)[fold] for fold in (1, 2))
    one.write_bytes(other.read_bytes())
    with pytest.raises(UserError, match=f"{one.name}: learned from other galaxies"):
        shipping.main()


@pytest.fixture
def package_model() -> ExportedModel:
    """The one in the package."""
    return read_exported(shipping.SHIPPED)


def test_the_package_carries_what_the_settings_make(package_model: ExportedModel) -> None:
    assert validate(Settings, package_model.training) == read_settings()
    assert not package_model.info.rendered
    assert package_model.info.crop == read_settings().crop_resize.crop
    assert shipping.SHIPPED.stat().st_size <= MOST_BYTES
    assert package_model.card["rmse"] <= MOST_RMSE


def test_its_intervals_hold_as_many_votes_as_they_say(package_model: ExportedModel) -> None:
    """Of galaxies in folds that they were not learned from; also at each question."""
    held = package_model.card["intervals"]
    assert 0.88 <= held["coverage"] <= 0.92
    assert 0.89 <= held["mostly_asked"] <= 0.91
    many = {name: own for name, own in held["by_question"].items() if own["galaxies"] >= 100}
    assert len(many) >= 10
    for name, own in many.items():
        assert abs(own["coverage"] - 0.9) <= 2 * own["deviation"], name


def test_its_page_is_that_of_the_file(package_model: ExportedModel) -> None:
    assert (ROOT / shipping.PAGE).read_text() == write_page(package_model)
