"""The processed images read: arrays that stay on disk, and how they were made."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import file_digest, read_json, write_json
from galaxyzoo.base.ids import Ids, places_of
from galaxyzoo.base.messages import quoted
from galaxyzoo.base.paths import ProcessedPaths

RENDERED_COMMENT = b"rendered by galaxyzoo: not a photograph of the sky"
"""The JPEG comment of every image of the embedded sample, so that its origin travels with it."""


class DamagedError(UserError):
    """What an earlier stage wrote is not what it was."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}: it is damaged, or of other software; run `dvc repro`")


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
        """What `write` wrote; DamagedError if it is anything else."""
        try:
            content = read_json(path)
        except ValueError as error:
            raise DamagedError(path, "is no JSON") from error
        kinds = {field.name: field.type for field in fields(cls)}
        if not isinstance(content, dict) or content.keys() != kinds.keys():
            raise DamagedError(path, f"must hold {', '.join(kinds)}")
        for name, kind in kinds.items():
            if not _fits(content[name], kind):
                raise DamagedError(path, f"{name} is {quoted(content[name])}")
        return cls(**content)


def _fits(value: object, kind: object) -> bool:
    """Whether a value from JSON is of a field's type; numbers of pixels are above 0."""
    if kind is int:
        return type(value) is int and value > 0  # True would be an instance of int
    return not isinstance(kind, type) or isinstance(value, kind)


def write_digests(record: Path, *files: Path) -> None:
    """Write the SHA-256 of some files, which are finished, by their names."""
    write_json(record, {path.name: file_digest(path) for path in files})


def known_digest(record: Path, path: Path) -> str:
    """The SHA-256 of a file, 64 hex digits: from the `record` that the stage wrote after it.

    A file that was touched after its record may be another one, or just fetched: it is read, and
    DamagedError is raised unless it is what it was; the record is then touched, so that the next
    reader believes it. Where there is no record the file is read, too.
    """
    if not record.is_file():
        return file_digest(path)
    known = _read_digest(record, path.name)
    # not the time of its content, which copies keep
    if record.stat().st_ctime_ns < path.stat().st_ctime_ns:
        if file_digest(path) != known:
            raise DamagedError(path, f"is not what {record} says that it was")
        with suppress(PermissionError):  # another user's: it is read again next time
            os.utime(record)
    return known


def _read_digest(record: Path, name: str) -> str:
    try:
        content = read_json(record)
    except ValueError as error:
        raise DamagedError(record, "is no JSON") from error
    known = content.get(name) if isinstance(content, dict) else None
    if not isinstance(known, str) or re.fullmatch("[0-9a-f]{64}", known) is None:
        raise DamagedError(record, f"must hold the SHA-256 of {name}")
    return known


def open_array(path: Path) -> NDArray[Any]:
    """Open an array for reading without loading it: pages come into memory as they are used.

    Raises DamagedError unless it has the type and the shape that the array of this name has, and a
    row for each galaxy.
    """
    array = _map(path)
    ids = path.with_name(_IDS.name)
    galaxies = len(_map(ids)) if ids.is_file() else len(array)
    if (wanted := _wanted(path.name, array, galaxies)) is not None:
        raise DamagedError(path, f"is {array.dtype} {list(array.shape)}, and must be {wanted}")
    return array


_IDS = ProcessedPaths().galaxy_ids

_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>|][a-zA-Z]\d{1,9})', 'fortran_order': False, "
    rb"'shape': \((\d{1,18}(?:, \d{1,18})*),?\), \} *\n",
    re.DOTALL,
)
"""Of the files that `np.save` writes, but for those with Python objects. NumPy reads a header as
Python, which knows a dozen ways to fail."""


def _map(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        header = _HEADER.match(file.read(1024))
    if header is None:
        raise DamagedError(path, "is no array")
    shape = tuple(int(side) for side in header[2].split(b", "))
    try:
        dtype = np.dtype(header[1].decode())
    except (TypeError, ValueError) as error:
        raise DamagedError(path, "is no array") from error
    if path.stat().st_size != header.end() + prod(shape) * dtype.itemsize:
        raise DamagedError(path, "is not as long as it says")
    if prod(shape) * dtype.itemsize == 0:  # which can't be mapped
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", header.end(), shape)


def _wanted(name: str, array: NDArray[Any], galaxies: int) -> str | None:
    """What the array of this name must be; None if `array` is such."""
    if name == _IDS.name:
        good = array.ndim == 1 and array.dtype.kind == "U"
        return None if good else "text [N]"
    shape = (galaxies, *array.shape[1:2] * 2, 3)
    good = array.dtype == np.uint8 and array.shape == shape and array.size > 0
    return None if good else f"uint8 [{galaxies}, side, side, 3]"


def rows_of(galaxy_ids: Ids, paths: ProcessedPaths) -> NDArray[np.int64]:
    """Where some galaxies, all of them processed, stand in the arrays."""
    return places_of(galaxy_ids, open_array(paths.galaxy_ids))


class ProcessedImages(Mapping[str, NDArray[np.uint8]]):
    """The processed images, uint8 [size, size, 3], by GalaxyID.

    Each is read from disk when it is asked for, so that a million take no memory.
    """

    def __init__(self, paths: ProcessedPaths) -> None:
        self._images = open_array(paths.images)
        self._ids = pd.Index(open_array(paths.galaxy_ids))

    def __getitem__(self, galaxy_id: str) -> NDArray[np.uint8]:
        return np.array(self._images[self._ids.get_loc(galaxy_id)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
