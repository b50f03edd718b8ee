"""Some files of images, wherever they are: zips.py, folders.py and lists.py find and read them.

All of them can be handed to other processes, which then read at the same time; to other machines go
parts of them, which are small.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import is_id
from galaxyzoo.base.messages import count, shorten, some

MAX_BYTES = 64 * 2**20
"""The largest file that is read: a zip of a few kB can hold one that would fill the memory."""

IMAGE_NAME = re.compile(
    r".*\.(jpe?g|jpe|jfif|png|tiff?|webp|bmp|gif|fits?(\.gz|\.fz)?|fts)", re.IGNORECASE | re.DOTALL
)
"""Of files that are looked into; FITS is refused with the reason"""

FITS = "is a FITS picture: fluxes by band, which need the colour recipe of the training pictures"
"""Why such a file is refused"""

_FITS_NAME = re.compile(r".*\.(fits?(\.gz|\.fz)?|fts)", re.IGNORECASE | re.DOTALL)

# What file managers leave behind
_OF_DESKTOPS = {"thumbs.db", "desktop.ini", "__macosx"}


class ImagesError(UserError):
    """The images are missing, or some of them can't be used."""


class Part(Protocol):
    """Some files, to be read elsewhere: picklable, and small however many there are in all."""

    def read(self, name: str) -> bytes:
        """As that of the `Files` that it is part of, for the names that it was made with."""
        ...


class Files(Protocol):
    """Some files, each with a name."""

    @property
    def path(self) -> Path | str:
        """Where they are, or where their list is; of what isn't here a URL, to be shown"""
        ...

    names: tuple[str, ...]
    """Each once. In a zip or a folder: all files to any depth, with paths relative to it, and /"""
    bad: Mapping[str, str]
    """Why some of `names` can't be read, as far as it is known beforehand"""
    listed: bool
    """Whether a user named each of them, so that all are meant, whatever their names"""

    def read(self, name: str) -> bytes:
        """The content of a file; ImagesError if it can't be read, or is larger than MAX_BYTES."""
        ...

    def part(self, names: Sequence[str]) -> Part:
        """What reads the files of these `names` in another process, or on another machine.

        That finds what lies in the file system by the same absolute path.
        """
        ...

    def fingerprint(self, name: str) -> str:
        """What changes when the file is changed, found without reading it."""
        ...


@dataclass(frozen=True)
class Survey:
    """What there is among some files."""

    images: tuple[str, ...]
    """Names of images, by their endings, and of what can't be read: all to be looked into"""
    others: Counter[str]
    """How many files of other endings there are, by the ending"""

    def left_out(self) -> str:
        """What isn't looked into, in a line; empty if there is nothing."""
        if not self.others:
            return ""
        kinds = [f"{number} {shorten(end, 20)}" for end, number in self.others.most_common()]
        return f"left out: {count(self.others.total(), 'file')} of other kinds ({some(kinds, 10)})"


def survey(files: Files) -> Survey:
    """Sort files into images and others.

    What desktops and hidden files are isn't counted: ``.DS_Store``, ``Thumbs.db``, ``desktop.ini``,
    ``__MACOSX/._1.jpg``.
    """
    if files.listed:
        return Survey(files.names, Counter())
    images: list[str] = []
    others: Counter[str] = Counter()
    for name in files.names:
        if _is_hidden(name):
            continue
        if name in files.bad or IMAGE_NAME.fullmatch(name):
            images.append(name)
        else:
            others[_ending(name)] += 1
    all_are = len(images) == len(files.names)  # then no second tuple is kept
    return Survey(files.names if all_are else tuple(images), others)


def stem_id(name: str) -> str | None:
    """The GalaxyID that a file is named by, digit by digit; None if its stem isn't one."""
    stem, dot, ending = _last(name).rpartition(".")
    whole = stem if dot and ending else _last(name)
    return whole if is_id(whole) else None


def _last(name: str) -> str:
    """The last part of a path, which Path would keep in memory for good."""
    last = name.rpartition("/")[2]
    return PurePosixPath(name).name if last in {"", "."} else last


def is_fits(name: str) -> bool:
    return _FITS_NAME.fullmatch(name) is not None


def shared_ids(files: Files, names: tuple[str, ...]) -> dict[str, list[str]]:
    """The files of each GalaxyID that several have. Not counted is what is refused by its name."""
    found: dict[str, list[str]] = {}
    for place in repeated(_id_of(files, name) for name in names):
        galaxy_id = _id_of(files, names[place])
        if galaxy_id is not None:
            found.setdefault(galaxy_id, []).append(names[place])
    return {galaxy_id: same for galaxy_id, same in found.items() if len(same) > 1}


def _id_of(files: Files, name: str) -> str | None:
    return None if name in files.bad or is_fits(name) else stem_id(name)


def repeated(texts: Iterable[str | None]) -> list[int]:
    """The places of all texts that may be there twice, in order: all that are, and few others.

    Takes 25 bytes of memory for each text, where a set of them would take hundreds.
    """
    hashes = np.fromiter((0 if text is None else hash(text) or 1 for text in texts), np.int64)
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    places = np.flatnonzero(np.isin(hashes, twice[twice != 0])) if twice.size else twice
    return [int(place) for place in places]


def refuse_large(size: int) -> None:
    if size > MAX_BYTES:
        raise ImagesError(f"has {size} bytes; files of at most {MAX_BYTES} are read")


def _is_hidden(name: str) -> bool:
    return any(
        (part.startswith(".") and part not in {".", ".."}) or part.lower() in _OF_DESKTOPS
        for part in name.split("/")
    )


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower() or "(no ending)"
