"""Images of a zip or a folder, found by their GalaxyID."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from galaxyzoo.base.ids import in_order, order
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


class FilesById(Mapping[str, str]):
    """Files by the GalaxyIDs that they are named by, in the order of `ids.ascending`.

    Keeps the names alone, of which there may be millions.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """`names` of different GalaxyIDs, in any order."""
        self.files = in_order(names, _id_in)
        """The names, in order"""

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[str]:
        return map(_id_in, self.files)

    def __getitem__(self, galaxy_id: str) -> str:
        at = bisect_left(self.files, order(galaxy_id), key=lambda name: order(_id_in(name)))
        if at == len(self.files) or _id_in(self.files[at]) != galaxy_id:
            raise KeyError(galaxy_id)
        return self.files[at]

    def rows(self, start: int, stop: int) -> dict[str, str]:
        """Some files after one another."""
        return {_id_in(name): name for name in self.files[start:stop]}


def _id_in(name: str) -> str:
    return stem_id(name) or ""


@dataclass(frozen=True)
class ImageSource:
    """Images in a zip or a folder, searched to any depth, by GalaxyID.

    It can be handed to other processes, which then read at the same time.
    """

    files: Files
    names: FilesById
    """Where in `files` each galaxy's image is"""
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
    names: list[str] = []
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
            names.append(name)
    if not names and not bad:
        others = f"other images: {some(unnamed)}" if unnamed else ""
        why = "holds no image named <GalaxyID>.jpg, such as 100008.jpg"
        raise ImagesError(f"{files.path}: {sentence([why, others, found.left_out()])}")
    return ImageSource(files, FilesById(names), tuple(bad), tuple(unnamed), found.others)


def _shares(galaxy_id: str, names: list[str]) -> str:
    return f"is one of {len(names)} images of GalaxyID {galaxy_id}: {names[0]} and {names[1]}"
