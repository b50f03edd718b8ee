"""Where nobody chose the scale of the images, it is told what is assumed."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from galaxyzoo.classify.scale import tell_scale
from galaxyzoo.framing import record_path
from galaxyzoo.predict.predictor import Predictor, load_model
from tests.classify.classify_inputs import make_model
from tests.small_tree import SMALL


@pytest.fixture
def predictor(tmp_path: Path) -> Predictor:
    return load_model(make_model(tmp_path / "cnn.safetensors"))


def told(
    caplog: pytest.LogCaptureFixture, predictor: Predictor, images: Path, crop: float | None = None
) -> str:
    caplog.clear()
    caplog.set_level(logging.INFO)
    tell_scale(predictor, images, crop)
    return caplog.text


def test_it_is_told_in_radii_and_in_part(
    predictor: Predictor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = told(caplog, predictor, tmp_path / "sky")
    assert "the central 50% of its width" in line
    assert "4.24 of 8.48 Petrosian radii" in line


def test_it_is_not_told_to_who_knows(
    predictor: Predictor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "sky"
    assert told(caplog, predictor, folder, crop=0.25) == ""
    assert told(caplog, replace(predictor, rendered=True), folder) == ""
    assert told(caplog, predictor, folder)
    record_path(folder).touch()
    assert told(caplog, predictor, folder) == ""
    assert told(caplog, predictor, Path())  # a folder without a name


def test_of_other_surveys_it_tells_the_part_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictor = load_model(make_model(tmp_path / "cnn.safetensors", tree=SMALL))
    line = told(caplog, predictor, tmp_path)
    assert "the central 50% of its width is looked at, as in training" in line
    assert "Petrosian" not in line
