"""What astronomers keep tables in, FITS and VOTable, read by astropy: the first table of a file."""

import logging
import re
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten, some
from galaxyzoo.formats.opening import TableError
from galaxyzoo.formats.progress import Shown

logger = logging.getLogger(__name__)

_FITS = b"SIMPLE  ="
_VOTABLE = re.compile(rb"<([\w.-]+:)?VOTABLE[\s>]")
_TABLE = re.compile(rb"<(?:[\w.-]+:)?TABLE[\s>]")
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ExpatError,
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


def astronomers_table(path: Path, content: bytes) -> "FitsTable | VoTable | None":
    """The first table in `content`, which came from `path`; None if that is no FITS or VOTable.

    Which is told if there are more. Raises TableError, in one line, if it is damaged or has its
    data elsewhere, and UserError if it needs astropy, which isn't installed.
    """
    if content.startswith(_FITS):
        return FitsTable(path, content)
    if _VOTABLE.search(content[:_START]):
        return VoTable(path, content)
    return None


class FitsTable:
    """The first table in a FITS file."""

    kind = "FITS"

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        with reading(path, self.kind):
            fits = astropy("io.fits", path)
            found = fits.open(
                BytesIO(content), memmap=False, lazy_load_hdus=False, character_as_bytes=True
            )
            tables = [own for own in found if isinstance(own, fits.BinTableHDU | fits.TableHDU)]
            if not tables:
                raise TableError(f"{path}: holds no table, or is cut short; get it again")
            place = tables[0].fileinfo()
            if place["datLoc"] + place["datSpan"] > len(content):
                raise _cut(path, self.kind)
            _tell_more(path, len(tables))
            self._table = tables[0]
            self.header = tuple(map(str, tables[0].columns.names))

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:  # noqa: ARG002
        """Some columns of all rows; TableError if one isn't there, or is damaged."""
        _check_names(self, names)
        with reading(self.path, self.kind):
            return pd.DataFrame({name: _native(self._table.data[name]) for name in names})

    def whole(self) -> Any:  # noqa: ANN401  of astropy
        """All of it, as a Table of astropy; to be called within `reading`."""
        return astropy("table", self.path).Table.read(self._table, format="fits")

    def where(self, row: int) -> str:
        return f"row {row + 1}"


class VoTable:
    """The first table in a VOTable."""

    kind = "VOTABLE"

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._content = content
        with reading(path, self.kind):
            self.header = tuple(_fields(path, content))
        _tell_more(path, len(_TABLE.findall(content)))

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:  # noqa: ARG002
        """Some columns of all rows; TableError if one isn't there, or is damaged."""
        _check_names(self, names)
        places = sorted(map(self.header.index, names))  # in another order, astropy mixes them up
        with reading(self.path, self.kind):
            array = self._parse(places).array
        stored = dict(zip((self.header[at] for at in places), array.dtype.names or (), strict=True))
        return pd.DataFrame({name: _native(array[stored[name]]) for name in names})

    def whole(self) -> Any:  # noqa: ANN401  of astropy
        """All of it, as a Table of astropy; to be called within `reading`."""
        return self._parse(None).to_table(use_names_over_ids=True)

    def _parse(self, places: list[int] | None) -> Any:  # noqa: ANN401  of astropy
        with Shown(self._content, self.path.name) as file:
            parse = astropy("io.votable", self.path).parse
            found = parse(file, columns=places, verify="ignore", table_number=0)
            return found.get_first_table()

    def where(self, row: int) -> str:
        return f"row {row + 1}"


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """What astropy says of a file is said in our words, as a TableError."""
    verify_error: type[Exception] = astropy("io.fits", path).VerifyError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it mends; what matters is looked at here
            yield
    except UserError:  # which is a ValueError
        raise
    except (*_DAMAGE, verify_error) as error:
        raise _cut(path, kind, str(error)) from error


def _cut(path: Path, kind: str, why: str = "") -> TableError:
    said = f" ({shorten(why)})" if why else ""
    return TableError(f"{path}: does not read as {kind}: cut short or damaged; get it again{said}")


def _tell_more(path: Path, tables: int) -> None:
    if tables > 1:
        logger.warning("%s: holds several tables; the first of them is read", path)


def _check_names(table: FitsTable | VoTable, names: Sequence[str]) -> None:
    missing = [name for name in names if name not in table.header]
    if missing:
        raise TableError(f"{table.path}: lacks the column {some(missing)}")


def _fields(path: Path, content: bytes) -> Iterator[str]:
    """The names of the columns of a VOTable's first table."""
    for _, element in ElementTree.iterparse(BytesIO(content), events=("start",)):
        tag = element.tag.rpartition("}")[2]
        if tag == "FIELD":
            yield element.get("name") or element.get("ID") or ""
        if tag == "FITS" or (tag == "STREAM" and element.get("href")):
            raise TableError(f"{path}: is a VOTable whose data are another file; give that one")
        if tag in ("STREAM", "TABLEDATA"):
            return
    raise TableError(f"{path}: is a VOTable without a table")


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
