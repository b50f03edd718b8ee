"""Tables of labels in any format: text, and what astronomers keep them in, FITS and VOTable."""

import re
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.messages import shorten, some
from galaxyzoo.labels.cells import Cells, Table
from galaxyzoo.labels.opening import LabelsError, read_table_bytes
from galaxyzoo.labels.progress import Shown

_FITS = b"SIMPLE  ="
_VOTABLE = re.compile(rb"<([\w.-]+:)?VOTABLE[\s>]")
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # those of XML are such
    TypeError,
    ValueError,
    struct.error,
)
"""What astropy raises at damaged files"""
_START = 4096  # bytes, in which a VOTable has said that it is one


def open_table(path: Path, ids: tuple[str, ...]) -> Table:
    """The table in a file, plain or packed, by what it holds: FITS, VOTable, or else text.

    That has one of the columns `ids`. Raises LabelsError, in one line, if it can't be read as such,
    or needs astropy, which isn't installed.
    """
    content = read_table_bytes(path)
    if content.startswith(_FITS):
        return FitsTable(path, content)
    if _VOTABLE.search(content[:_START]):
        return VoTable(path, content)
    return Cells.of(path, content, ids)


class FitsTable:
    """The first table in a FITS file."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        with _reading(path, "FITS table"):
            fits = astropy("io.fits", path)
            found = fits.open(BytesIO(content), memmap=False, lazy_load_hdus=False)
            tables = [own for own in found if isinstance(own, fits.BinTableHDU | fits.TableHDU)]
            if not tables:
                raise LabelsError(f"{path}: holds no table, or is cut short; get it again")
            place = tables[0].fileinfo()
            if place["datLoc"] + place["datSpan"] > len(content):
                raise _cut(path, "FITS table")
            self._table = tables[0]
            self.header = tuple(map(str, tables[0].columns.names))

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:  # noqa: ARG002
        _check_names(self, names)
        with _reading(self.path, "FITS table"):
            return pd.DataFrame({name: _native(self._table.data[name]) for name in names})

    def where(self, row: int) -> str:
        return f"row {row + 1}"


class VoTable:
    """The first table in a VOTable."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._content = content
        with _reading(path, "VOTable"):
            self.header = tuple(_fields(path, content))

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:  # noqa: ARG002
        _check_names(self, names)
        places = sorted(map(self.header.index, names))  # in another order, astropy mixes them up
        array = self._parse(places)
        stored = dict(zip((self.header[at] for at in places), array.dtype.names or (), strict=True))
        return pd.DataFrame({name: _native(array[stored[name]]) for name in names})

    def _parse(self, places: list[int]) -> NDArray[Any]:
        with _reading(self.path, "VOTable"), Shown(self._content, self.path.name) as file:
            parse = astropy("io.votable", self.path).parse
            found = parse(file, columns=places, verify="ignore", table_number=0)
            array: NDArray[Any] = found.get_first_table().array
            return array

    def where(self, row: int) -> str:
        return f"row {row + 1}"


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    """What astropy says of a file is said in our words."""
    verify_error: type[Exception] = astropy("io.fits", path).VerifyError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it mends; what matters is looked at here
            yield
    except LabelsError:
        raise
    except (*_DAMAGE, verify_error) as error:
        raise _cut(path, kind, str(error)) from error


def _cut(path: Path, kind: str, why: str = "") -> LabelsError:
    said = f" ({shorten(why)})" if why else ""
    return LabelsError(f"{path}: this {kind} is cut short or damaged; get it again{said}")


def _check_names(table: Table, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in table.header]
    if missing:
        raise LabelsError(f"{table.path}: lacks the column {some(missing)}")


def _fields(path: Path, content: bytes) -> Iterator[str]:
    """The names of the columns of a VOTable's first table."""
    for _, element in ElementTree.iterparse(BytesIO(content), events=("start",)):
        tag = element.tag.rpartition("}")[2]
        if tag == "FIELD":
            yield element.get("name") or element.get("ID") or ""
        if tag == "FITS" or (tag == "STREAM" and element.get("href")):
            raise LabelsError(f"{path}: is a VOTable whose data are another file; give that one")
        if tag in ("STREAM", "TABLEDATA"):
            return
    raise LabelsError(f"{path}: is a VOTable without a table")


def _native(column: NDArray[Any]) -> NDArray[Any]:
    """A column as pandas takes it: in our order of bytes; NaN, or None, where it is masked."""
    values = np.ma.asanyarray(column)
    if values.dtype.kind in "SU":
        return np.char.strip(np.asarray(values).astype(str)).astype(object)
    missing = np.ma.getmaskarray(values)
    plain = np.asarray(values).astype(values.dtype.newbyteorder("="))
    if missing.any():
        plain = plain.astype(np.float64 if plain.dtype.kind == "f" else object)
        plain[missing] = np.nan if plain.dtype.kind == "f" else None
    return plain
