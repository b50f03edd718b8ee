"""Whatever images a caller has, one after the other: paths, PIL images, arrays, lists of these.

Each is opened when its turn comes, so that memory does not grow with their number.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base.messages import plain, quoted, shorten
from galaxyzoo.images.decoding import convert_and_check, decode_and_check
from galaxyzoo.images.folders import OneFile, stable
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sizes import refuse_small
from galaxyzoo.images.sources import Files, ImagesError, survey
from galaxyzoo.predict.rows import label, label_paths
from galaxyzoo.tree import ID_COLUMN

logger = logging.getLogger(__name__)

OneImage = str | PathLike[str] | Image.Image | NDArray[Any]
Images = OneImage | Iterable[OneImage]

Checked = tuple[Image.Image, str]
"""An image as RGB, and what is odd about it"""

_ALLOWED = "a path, a PIL image, a uint8 array [H, W, 3], or a list of these"
_CHANNELS = (3, 4)


@dataclass(frozen=True)
class Given:
    """One image that has not been opened yet."""

    row: str | int
    """What its row is called; of a path in a list that path, of which `name_rows` makes it"""
    said: str
    """What messages call it"""
    open: Callable[[], Checked]
    """Raises ImagesError"""


@dataclass(frozen=True)
class Inputs:
    """Images in the order of their rows."""

    each: Iterable[Given]
    number: int | None
    """How many there are, where that is known"""
    paths: bool = False
    """Whether a row that is text is a path of a list"""

    def name_rows(self, rows: Sequence[str | int]) -> pd.Index:
        """The index of a table with these rows, called GalaxyID."""
        texts = [row for row in rows if isinstance(row, str)]
        labels = label_paths(texts) if self.paths else dict(zip(texts, texts, strict=True))
        named = [plain(labels[row]) if isinstance(row, str) else row for row in rows]
        return pd.Index(named, dtype=None if named else "str", name=ID_COLUMN)


def gather(images: Images) -> Inputs:
    """What `Predictor.predict` was given; ImagesError if it is no images at all."""
    if isinstance(images, str | PathLike):
        return _of_files(open_files(Path(images)))
    if isinstance(images, Image.Image):
        return Inputs([Given(0, "the image", partial(convert_and_check, images))], 1)
    if isinstance(images, np.ndarray) and images.dtype != object:
        return _of_array(images)
    if isinstance(images, Iterable) and not isinstance(images, bytes | Mapping | pd.DataFrame):
        number = len(images) if isinstance(images, Sized) else None
        return Inputs(_of_list(images), number, paths=True)
    raise ImagesError(f"images: must be {_ALLOWED}, got {_kind(images)}")


def _of_files(files: Files) -> Inputs:
    found = survey(files)
    if found.others:
        logger.warning("%s", found.left_out())
    entries, path = label(files, found), files.path
    alone = isinstance(files, OneFile)
    each = (
        Given(row, str(path) if alone else f"{path}: {name}", partial(_read, files, name))
        for row, name in entries
    )
    return Inputs(each, len(entries))


def _read(files: Files, name: str) -> Checked:
    return decode_and_check(files.read(name))


def _of_array(array: NDArray[Any]) -> Inputs:
    several = array.ndim == 4
    if not several:
        return Inputs([Given(0, "the array", partial(_picture, array))], 1)
    if array.dtype != np.uint8 or array.shape[3] not in _CHANNELS:
        _refuse_array(array, "[N, H, W, 3]")
    each = (Given(n, f"item {n}", partial(_picture, one)) for n, one in enumerate(array))
    return Inputs(each, len(array))


def _of_list(images: Iterable[OneImage]) -> Iterator[Given]:
    for n, one in enumerate(images):
        if isinstance(one, str | PathLike):
            path = Path(one)
            name = stable(str(path))
            yield Given(name, f"item {n} ({shorten(name)})", partial(_file, path))
        else:
            yield Given(n, f"item {n}", partial(_item, one))


def _file(path: Path) -> Checked:
    if path.is_dir() or path.suffix.lower() == ".zip":
        raise ImagesError("is no image; a folder or a zip is given alone, and not in a list")
    files = OneFile(path)
    return _read(files, *files.names)


def _item(one: object) -> Checked:
    if isinstance(one, Image.Image):
        return convert_and_check(one)
    if isinstance(one, np.ndarray):
        return _picture(one)
    raise ImagesError(f"must be a path, a PIL image or an array, got {_kind(one)}")


def _picture(array: NDArray[Any]) -> Checked:
    """An array uint8 [H, W, 3], RGB, as an image; also [H, W, 4], with alpha, and grey [H, W]."""
    grey = array.ndim == 2
    if array.dtype != np.uint8 or not (grey or (array.ndim == 3 and array.shape[2] in _CHANNELS)):
        _refuse_array(array, "[H, W, 3]")
    refuse_small((array.shape[1], array.shape[0]))
    return convert_and_check(Image.fromarray(array))


def _refuse_array(array: NDArray[Any], shape: str) -> NoReturn:
    scaled = "" if array.dtype == np.uint8 else "; scale it to 0 to 255"
    raise ImagesError(
        f"must be a uint8 array {shape}, got {array.dtype} {list(array.shape)}{scaled}"
    )


def _kind(value: object) -> str:
    return quoted(type(value).__name__)
