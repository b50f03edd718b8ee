"""Images of a zip or a folder, found by their GalaxyID."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from galaxyzoo.ids import ascending
from galaxyzoo.images.sources import Files, FolderFiles, ImagesError, ZipFiles

_JPEG_NAME = re.compile(r"([0-9]+)\.jpe?g", re.IGNORECASE)


@dataclass(frozen=True)
class ImageSource:
    """JPEGs in a zip or a folder, searched to any depth, by GalaxyID.

    It can be handed to other processes, which then read at the same time.
    """

    files: Files
    names: dict[str, str]
    """Where in `files` each galaxy's image is, by GalaxyID in the order of `ids.ascending`."""

    @property
    def path(self) -> Path:
        return self.files.path

    def read(self, galaxy_id: str) -> bytes:
        """The JPEG of one galaxy, as stored."""
        return self.files.read(self.names[galaxy_id])


def open_images(path: Path) -> ImageSource:
    """Open a zip (read in place, never unpacked) or a folder of ``<GalaxyID>.jpg``.

    Raises ImagesError if nothing is there, if it holds no such JPEG, or if two of them share a
    GalaxyID.
    """
    if not (path.is_dir() or path.is_file()):
        raise ImagesError(f"{path}: no such zip or folder of images (params.yaml: data.images)")
    files = FolderFiles(path) if path.is_dir() else ZipFiles(path)
    return ImageSource(files, _by_galaxy(path, files.names))


def _by_galaxy(path: Path, names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        match = _JPEG_NAME.fullmatch(name.rpartition("/")[2])
        if match is None:
            continue
        galaxy_id = match[1]
        if galaxy_id in found:
            raise ImagesError(
                f"{path}: two images of GalaxyID {galaxy_id}: {found[galaxy_id]} and {name}"
            )
        found[galaxy_id] = name
    if not found:
        raise ImagesError(f"{path}: holds no JPEG named <GalaxyID>.jpg, such as 100008.jpg")
    return {galaxy_id: found[galaxy_id] for galaxy_id in ascending(found)}
