"""The processed images read: arrays that stay on disk, and how they were made."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.files import read_json, write_json
from galaxyzoo.ids import Ids, id_array, places_of
from galaxyzoo.paths import ProcessedPaths

RENDERED_COMMENT = b"rendered by galaxyzoo: not a photograph of the sky"
"""The JPEG comment of every image of the embedded sample, so that its origin travels with it."""


@dataclass(frozen=True)
class Preparation:
    """How the images were made, and whether of the sky."""

    crop: int
    """Side of the central square that was kept, in pixels of an original of that width"""
    size: int
    """Side of a processed image, in pixels"""
    width: int
    """Of the originals, in pixels: the shorter side that most of them have"""
    rendered: bool
    """True for the embedded sample: its galaxies are rendered, and no photographs"""

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> "Preparation":
        return cls(**read_json(path))


def open_array(path: Path) -> NDArray[Any]:
    """Open an array for reading without loading it: pages come into memory as they are used."""
    array: NDArray[Any] = np.load(path, mmap_mode="r")
    return array


def rows_of(galaxy_ids: Ids, paths: ProcessedPaths) -> NDArray[np.int64]:
    """Where some galaxies, all of them processed, stand in the arrays."""
    return places_of(galaxy_ids, open_array(paths.galaxy_ids))


def read_images(galaxy_ids: Iterable[str], paths: ProcessedPaths) -> dict[str, NDArray[np.uint8]]:
    """The processed images, uint8 [size, size, 3], of some galaxies, all of them processed."""
    ids = list(galaxy_ids)
    images = open_array(paths.images)[rows_of(id_array(ids), paths)]
    return dict(zip(ids, images, strict=True))
