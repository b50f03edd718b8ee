import doctest
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import galaxyzoo
from galaxyzoo.base.errors import UserError
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.images.cropping import crop_resize
from galaxyzoo.networks.common.weights import save_weights
from galaxyzoo.predict import predictor
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import predict_batch
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model, read_model
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.words import describe, likely_answers
from galaxyzoo.tree import GZ2
from tests.classify.classify_inputs import make_intervals, make_model, smooth_noise
from tests.predict.keep_model_file import KEPT

FLOAT32 = LoadOptions(precision="float32")
IMAGES = np.stack([np.asarray(smooth_noise(seed)) for seed in range(5)])


def test_the_documented_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "exported").mkdir(parents=True)
    trained, exported = tmp_path / "trained", tmp_path / "models/exported/tuned.safetensors"
    settings = PredictSettings(views=2, project=True)
    export_model(
        make_model(trained, "tuned"), exported, settings, Measured(make_intervals(views=2))
    )
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(predictor)
    assert (result.failed, result.attempted) == (0, 7)


def test_the_package_gives_it_when_it_is_asked_for() -> None:
    assert galaxyzoo.load_model is load_model
    with pytest.raises(AttributeError, match="no attribute 'load_models'"):
        _ = galaxyzoo.load_models


def test_predicts_what_the_parts_predict(tmp_path: Path) -> None:
    """Pillow's crop, the network, the mean over views and the projection, one after the other."""
    path = make_model(tmp_path / "model.safetensors", views=4)
    fractions = load_model(path, FLOAT32).predict(IMAGES).to_numpy()
    assert fractions.shape == (5, 37)
    assert fractions.dtype == np.float32
    model = read_model(path).module
    cropped = [np.asarray(crop_resize(Image.fromarray(image), 212, 64)) for image in IMAGES]
    batch = torch.from_numpy(np.stack(cropped))
    parts = predict_batch(model, batch, Compute(torch.device("cpu")), views=RegularViews(4))
    assert np.allclose(fractions, project(GZ2, parts.numpy()), atol=1e-6)
    assert GZ2.violations(fractions).max() < 1e-6


def test_the_model_file_decides_and_options_overrule_it(tmp_path: Path) -> None:
    path = make_model(tmp_path / "model.safetensors", views=2)
    one, two, wider = (
        load_model(path, options).predict(IMAGES).to_numpy()
        for options in (LoadOptions(views=1), LoadOptions(views=2), LoadOptions(crop=0.75))
    )
    assert np.array_equal(load_model(path).predict(IMAGES), two)
    assert np.abs(one - two).max() > 1e-4
    assert np.abs(wider - two).max() > 1e-4


def test_precision_is_chosen_by_the_processor_unless_asked_for(tmp_path: Path) -> None:
    path = make_model(tmp_path / "model.safetensors")
    assert load_model(path).compute == choose_compute("auto", "auto")
    exact, rounded = load_model(path, FLOAT32), load_model(path, LoadOptions(precision="bfloat16"))
    moved = np.abs(exact.predict(IMAGES).to_numpy() - rounded.predict(IMAGES).to_numpy()).max()
    assert 1e-6 < moved < 0.02


def test_the_crop_is_the_same_part_of_images_of_any_size(tmp_path: Path) -> None:
    model = load_model(make_model(tmp_path / "model.safetensors"))
    for side in (64, 200, 848):
        resized = np.stack([np.asarray(smooth_noise(seed, side)) for seed in range(5)])
        assert np.allclose(model.predict(resized), model.predict(IMAGES), atol=0.01)


def test_no_images_give_no_predictions(tmp_path: Path) -> None:
    model = load_model(make_model(tmp_path / "model.safetensors"))
    assert model.predict(np.empty((0, 424, 424, 3), np.uint8)).shape == (0, 37)


def test_a_galaxy_is_described_whatever_it_is_given_as(tmp_path: Path) -> None:
    model = load_model(make_model(tmp_path / "model.safetensors"))
    table = model.predict(IMAGES)
    said = model.describe(table)
    assert said.tolist() == [describe(GZ2, likely_answers(GZ2, row)) for row in table.to_numpy()]
    assert model.describe(IMAGES).equals(said)
    assert said.index.equals(table.index)


def test_a_model_says_what_it_is_in_two_lines(tmp_path: Path) -> None:
    path = make_model(tmp_path / "model.safetensors", views=2)
    assert load_model(KEPT).about() == f"{KEPT.name}, learned from rendered galaxies"
    assert repr(load_model(path, FLOAT32)).splitlines() == [
        "model.safetensors",
        f"37 fractions of Galaxy Zoo 2 from 64x64 pixels, 2 views, on cpu in float32: {path}",
    ]


def test_refuses_a_model_that_was_not_exported(tmp_path: Path) -> None:
    path = make_model(tmp_path / "model.safetensors")
    model = read_model(path)
    save_weights(path, model.module, model.info.as_dict())
    with pytest.raises(UserError, match="does not say how predictions are made"):
        load_model(path)
