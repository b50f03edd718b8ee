"""The model of the sky as the default: what is said of it, and what if it is missing."""

import logging
from pathlib import Path

import pytest

from galaxyzoo import load_model, sky
from galaxyzoo.classify.run import Options, classify
from galaxyzoo.networks.common.weights import save_weights
from galaxyzoo.predict.model_files import read_exported
from tests.classify.classify_inputs import make_model
from tests.conftest import make_jpeg

CARD = {"name": "Sky", "galaxies": 3265, "rmse": "0.09\x1b[2J"}


@pytest.fixture
def own_sky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model with first weights in its place."""
    path = make_model(tmp_path / "own.safetensors")
    model = read_exported(path)
    predict = {"views": 1, "project": True}
    save_weights(path, model.module, model.info.as_dict() | {"predict": predict, "card": CARD})
    monkeypatch.setattr(sky, "PLACE", str(path))
    return path


def test_who_names_no_model_gets_it_and_is_told(
    own_sky: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_model().path == own_sky
    caplog.set_level(logging.INFO)
    (tmp_path / "1.jpg").write_bytes(make_jpeg(1, 100, 100))
    outputs = tmp_path / "default.csv", tmp_path / "named.csv"
    for model, output in zip((None, own_sky), outputs, strict=True):
        classify(tmp_path / "1.jpg", model, output, Options(workers=1))
    told = r"model: Sky, learned from 3265 real galaxies, RMSE 0.09\x1b[2J in cross-validation"
    assert [line for line in caplog.messages if line.startswith("model")] == [told]
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_a_package_without_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sky, "PLACE", "gone.safetensors")
    with pytest.raises(sky.NoSkyError, match=r"gone\.safetensors: this copy of galaxyzoo lacks"):
        load_model()
