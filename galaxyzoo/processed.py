"""The folder of processed images: what `crop_resize` writes there, and training reads."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.files import read_json, write_json


@dataclass(frozen=True)
class ProcessedPaths:
    """The files in the folder; row i of each array is the galaxy with the i-th lowest GalaxyID."""

    folder: Path

    @property
    def images(self) -> Path:
        """uint8 [N, size, size, 3]"""
        return self.folder / "images.npy"

    @property
    def galaxy_ids(self) -> Path:
        """int64 [N], ascending"""
        return self.folder / "galaxy_ids.npy"

    @property
    def centers(self) -> Path:
        """uint8 [N, 10, 10, 3]: the central pixels of the originals, for the benchmark"""
        return self.folder / "central_pixels.npy"

    @property
    def preparation(self) -> Path:
        return self.folder / "preparation.json"

    @property
    def jpegs(self) -> Path:
        """Folder of the processed images as <GalaxyID>.jpg; empty if they aren't wanted"""
        return self.folder / "images"

    def rows(self, galaxy_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where some galaxies, all of them processed, stand in the arrays."""
        rows = np.searchsorted(open_array(self.galaxy_ids), galaxy_ids)
        return rows.astype(np.int64)

    def read(self, galaxy_ids: Iterable[int]) -> dict[int, NDArray[np.uint8]]:
        """The processed images, uint8 [size, size, 3], of some galaxies, all of them processed."""
        ids = list(galaxy_ids)
        images = open_array(self.images)[self.rows(np.array(ids, np.int64))]
        return dict(zip(ids, images, strict=True))


@dataclass(frozen=True)
class Preparation:
    """How the images were made, and whether of the sky."""

    crop: int
    """Side of the central square that was kept, in pixels of the original"""
    size: int
    """Side of a processed image, in pixels"""
    width: int
    """Of the originals, in pixels; if they differ, of the one with the lowest GalaxyID"""
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
