"""Tables that aren't CSV: Parquet, and through astropy FITS, VOTable and ECSV."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.messages import shorten
from galaxyzoo.tables.user_tables import TableError

_DAMAGED = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    ExpatError,
)
"""What astropy raises for damaged files"""


@dataclass(frozen=True)
class ParquetReader:
    """A Parquet file, of which only the columns are read that are asked for."""

    path: Path
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> "ParquetReader":
        try:
            return cls(path, tuple(pa.parquet.read_schema(path).names))
        except (pa.ArrowInvalid, OSError) as error:
            raise _unreadable(path, "Parquet", error) from error

    def read(self, place: int) -> pa.ChunkedArray:
        try:
            with pa.parquet.ParquetFile(self.path) as file:
                return file.read([self.names[place]]).column(0)
        except (pa.ArrowInvalid, OSError) as error:
            raise _unreadable(self.path, "Parquet", error) from error


@dataclass(frozen=True)
class AstropyReader:
    """The first table of a file that astropy reads, in memory."""

    path: Path
    names: tuple[str, ...]
    table: Any

    @classmethod
    def of(cls, path: Path, kind: str, content: bytes) -> "AstropyReader":
        """What `path` holds, unpacked; `kind` is fits, votable or ascii.ecsv."""
        table = astropy("table", path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of units and the like, which nobody needs here
                read = table.Table.read(BytesIO(content), format=kind)
        except _DAMAGED as error:
            raise _unreadable(path, kind.removeprefix("ascii.").upper(), error) from error
        return cls(path, tuple(read.colnames), read)

    def read(self, place: int) -> pa.ChunkedArray:
        name = self.names[place]
        column = self.table[name]
        cells = np.asarray(column)
        if cells.ndim > 1:
            raise TableError(f"{self.path}: the column {name!r} has several values in a row")
        if cells.dtype.kind == "S":
            cells = np.char.decode(cells, "utf-8", "replace")
        if cells.dtype.kind == "U":
            cells = cells.astype(object)
        cells = cells.astype(cells.dtype.newbyteorder("="))
        mask = np.array(getattr(column, "mask", np.zeros(len(cells), bool)))
        return pa.chunked_array([pa.array(cells, mask=mask)])


def _unreadable(path: Path, kind: str, error: Exception) -> TableError:
    return TableError(f"{path}: does not read as {kind}: {shorten(error)}")
