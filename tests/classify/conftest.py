"""A model and some galaxies for it."""

from pathlib import Path

import pytest

from tests.classify.catalogues import GALAXIES
from tests.classify.classify_inputs import make_model
from tests.conftest import make_jpeg


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "cnn.safetensors", views=2)


@pytest.fixture(scope="module")
def galaxies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of galaxies, whose names sort otherwise than their numbers do."""
    folder = tmp_path_factory.mktemp("galaxies")
    for galaxy_id in range(95, 95 + GALAXIES):
        (folder / f"{galaxy_id}.jpg").write_bytes(make_jpeg(galaxy_id))
    return folder
