"""The stage export, on a few galaxies and an untrained network."""

from pathlib import Path

import numpy as np
import pytest
import torch

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.devices import Compute
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.votes import Votes
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.calibrating import calibrate
from galaxyzoo.predict.inference import corrected, predict, see
from galaxyzoo.predict.likeness import LEAST, Likeness
from galaxyzoo.predict.model_files import ExportedModel, read_exported
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import learn_residuals
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages.export import main
from tests.conftest import ROOT, build, make_ids, make_labels

IDS = make_ids(range(100, 100 + LEAST + 60))
PARAMS = (ROOT / "params.yaml").read_text()


def export(train: int, rate: float) -> Likeness | None:
    """What the model file tells of a network that learned from so many galaxies."""
    Path("params.yaml").write_text(PARAMS.replace("rate: 0.005", f"rate: {rate}"))
    subset = ["train"] * train + ["test"] * (len(IDS) - train)
    write_csv(paths.SPLIT, make_labels(IDS)[[ID_COLUMN]].assign(subset=subset))
    main()
    return read_exported(paths.exported_model("cnn")).likeness


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the earlier stages leave behind, in the current folder."""
    monkeypatch.chdir(tmp_path)
    labels = make_labels(IDS).set_index(ID_COLUMN)
    Votes(labels).write(paths.VOTES)
    LabelFacts("A catalogue", "kaggle", len(IDS)).write(paths.LABEL_FACTS)
    images = np.random.default_rng(0).integers(0, 256, (len(IDS), 32, 32, 3), dtype=np.uint8)
    processed = paths.ProcessedPaths()
    write_array(processed.images, images)
    write_array(processed.galaxy_ids, IDS)
    info = ModelInfo("cnn", GZ2, 212, 32, 424, True, "0" * 64)
    save_weights(paths.trained_weights("cnn"), build("cnn", 32), info.as_dict())


def test_model_files_tell_what_is_unlike_the_training_galaxies() -> None:
    likeness = export(LEAST, rate=0.1)
    assert likeness is not None
    assert likeness.galaxies == LEAST
    first = paths.exported_model("cnn").read_bytes()
    export(LEAST, rate=0.1)
    assert paths.exported_model("cnn").read_bytes() == first
    rarer = export(LEAST, rate=0.01)
    assert rarer is not None
    assert rarer.threshold > likeness.threshold


@pytest.mark.parametrize("coverage", [0.9, 0.6])
def test_intervals_are_learned_from_what_was_kept_from_the_network_as_it_predicts(
    coverage: float,
) -> None:
    asked = PARAMS.replace("cnn_views: 1", "cnn_views: 2")
    Path("params.yaml").write_text(asked.replace("coverage: 0.9", f"coverage: {coverage}"))
    subset = ["test"] + ["calibration"] * 30 + ["train"] * (len(IDS) - 31)
    write_csv(paths.SPLIT, make_labels(IDS)[[ID_COLUMN]].assign(subset=subset))
    main()
    model, kept = read_exported(paths.exported_model("cnn")), DataFiles(GZ2).open("calibration")
    assert model.intervals is not None
    assert (model.intervals.galaxies, model.intervals.views) == (30, 2)
    predicted = project(GZ2, predict(model.folded(), kept, 64, torch.device("cpu"), model.views))
    own = calibrate(GZ2, predicted, kept.votes.numpy(), views=2, coverage=coverage)
    assert model.intervals.coverage == coverage
    assert np.allclose(model.intervals.below, own.below, atol=1e-3)
    assert np.allclose(model.intervals.above, own.above, atol=1e-3)
    assert np.allclose(model.intervals.usual, own.usual, atol=1e-3)


def learn(train: int, ridge: float) -> ExportedModel:
    """The model file of a network that learned from so many galaxies, and 30 more were kept."""
    named = f"  cnn_residual_ridge: {ridge}\n  project: true"
    Path("params.yaml").write_text(PARAMS.replace("  project: true", named))
    subset = ["calibration"] * 30 + ["train"] * train + ["test"] * (len(IDS) - train - 30)
    write_csv(paths.SPLIT, make_labels(IDS)[[ID_COLUMN]].assign(subset=subset))
    main()
    return read_exported(paths.exported_model("cnn"))


def test_what_a_network_misses_is_learned_from_the_training_galaxies() -> None:
    model, data = learn(LEAST, ridge=0.5), DataFiles(GZ2)
    assert model.residuals is not None
    assert (model.residuals.galaxies, model.residuals.ridge) == (LEAST, 0.5)
    first = paths.exported_model("cnn").read_bytes()
    learn(LEAST, ridge=0.5)
    assert paths.exported_model("cnn").read_bytes() == first
    compute = Compute(torch.device("cpu"))
    trained, kept = data.open("train"), data.open("calibration")
    seen, others = (see(model.folded(), own, 64, compute, model.views) for own in (trained, kept))
    own = learn_residuals(seen.layers, trained.votes.numpy() - seen.fractions, 0.5)
    assert np.allclose(model.residuals.of(others.layers), own.of(others.layers), atol=1e-3)
    predicted = project(GZ2, corrected(others, model.residuals).fractions)
    intervals = calibrate(GZ2, predicted, kept.votes.numpy(), views=1)
    assert model.intervals is not None
    assert np.allclose(model.intervals.usual, intervals.usual, atol=1e-3), "of corrected ones"


@pytest.mark.parametrize(("train", "ridge"), [(LEAST - 1, 1), (LEAST, 0)])
def test_nothing_is_added_where_nobody_asks_or_too_few_are_known(train: int, ridge: float) -> None:
    assert learn(train, ridge).residuals is None


@pytest.mark.parametrize(("train", "rate"), [(LEAST - 1, 0.1), (LEAST, 0)])
def test_they_tell_nothing_where_nobody_asks_or_too_few_are_known(train: int, rate: float) -> None:
    assert export(train, rate) is None
