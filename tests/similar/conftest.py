"""Galaxies to search, and a model to see them."""

from pathlib import Path

import pytest

from tests.classify.classify_inputs import encode, make_model, smooth_noise
from tests.conftest import make_jpeg

OTHERS = range(20, 26)
"""GalaxyIDs of images that have nothing to do with each other"""


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "cnn.safetensors")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder: 1 and 2 have the same pixels in other files, 3 is no image, and some others."""
    folder = tmp_path / "images"
    (folder / "more").mkdir(parents=True)
    (folder / "1.png").write_bytes(encode(smooth_noise(1), "PNG"))
    (folder / "2.bmp").write_bytes(encode(smooth_noise(1), "BMP"))
    (folder / "3.jpg").write_bytes(b"?")
    for own in OTHERS:
        (folder / "more" / f"{own}.jpg").write_bytes(make_jpeg(own, 100, 100))
    return folder
