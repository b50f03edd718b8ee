"""Images of a zip or a folder, found by their GalaxyID."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from galaxyzoo.base.ids import ascending
from galaxyzoo.base.messages import sentence, some
from galaxyzoo.images.folders import FolderFiles
from galaxyzoo.images.sources import (
    FITS,
    Files,
    ImagesError,
    Survey,
    is_fits,
    shared_ids,
    stem_id,
    survey,
)
from galaxyzoo.images.zips import ZipFiles

Bad = tuple[str, str]
"""The name of a file, and what is wrong with it"""


@dataclass(frozen=True)
class ImageSource:
    """Images in a zip or a folder, searched to any depth, by GalaxyID.

    It can be handed to other processes, which then read at the same time.
    """

    files: Files
    names: dict[str, str]
    """Where in `files` each galaxy's image is, by GalaxyID in the order of `ids.ascending`."""
    bad: tuple[Bad, ...]
    """What can't be any galaxy's image, as far as names tell: of two with one GalaxyID, both"""
    unnamed: tuple[str, ...]
    """Images that aren't named by a GalaxyID"""
    others: Counter[str]
    """How many files of other endings there are"""

    @property
    def path(self) -> Path:
        return Path(self.files.path)

    def read(self, galaxy_id: str) -> bytes:
        """The image of one galaxy, as stored."""
        return self.files.read(self.names[galaxy_id])


def open_images(path: Path) -> ImageSource:
    """Open a zip (read in place, never unpacked) or a folder of ``<GalaxyID>.jpg``.

    Raises ImagesError if nothing is there, or if it holds no such image.
    """
    if not (path.is_dir() or path.is_file()):
        raise ImagesError(f"{path}: no such zip or folder of images (params.yaml: data.images)")
    files = FolderFiles(path) if path.is_dir() else ZipFiles(path)
    return _sort(files, survey(files))


def _sort(files: Files, found: Survey) -> ImageSource:
    shared = shared_ids(files, found.images)
    bad: list[Bad] = []
    names: dict[str, str] = {}
    unnamed: list[str] = []
    for name in found.images:
        galaxy_id = stem_id(name)
        if name in files.bad:
            bad.append((name, files.bad[name]))
        elif is_fits(name):
            bad.append((name, FITS))
        elif galaxy_id is None:
            unnamed.append(name)
        elif galaxy_id in shared:
            bad.append((name, _shares(galaxy_id, shared[galaxy_id])))
        else:
            names[galaxy_id] = name
    if not names and not bad:
        others = f"other images: {some(unnamed)}" if unnamed else ""
        why = "holds no image named <GalaxyID>.jpg, such as 100008.jpg"
        raise ImagesError(f"{files.path}: {sentence([why, others, found.left_out()])}")
    by_id = {galaxy_id: names[galaxy_id] for galaxy_id in ascending(names)}
    return ImageSource(files, by_id, tuple(bad), tuple(unnamed), found.others)


def _shares(galaxy_id: str, names: list[str]) -> str:
    return f"is one of {len(names)} images of GalaxyID {galaxy_id}: {names[0]} and {names[1]}"
