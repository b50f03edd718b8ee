"""Images of a page are read when they are asked for."""

from pathlib import Path

import numpy as np
import pytest

from galaxyzoo.base.files import write_array
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.processed import ProcessedImages
from tests.conftest import make_ids


def test_images_are_found_by_galaxy(tmp_path: Path) -> None:
    paths = ProcessedPaths(tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)
    write_array(paths.images, images)
    write_array(paths.galaxy_ids, make_ids([7, 10, 200]))
    found = ProcessedImages(paths)
    assert list(found) == ["7", "10", "200"]
    assert len(found) == 3
    assert np.array_equal(found["10"], images[1])
    assert type(found["10"]) is np.ndarray  # and no map of the whole file
    with pytest.raises(KeyError):
        found["11"]
