"""Tables that aren't CSV: Parquet, and through astropy FITS, VOTable and ECSV."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from numpy.typing import NDArray

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.messages import quoted, shorten
from galaxyzoo.formats.astronomical import astronomers_table, reading
from galaxyzoo.formats.opening import TableError
from galaxyzoo.tables.user_tables import Notes, notes_of

_ECSV = b"# %ECSV"


@dataclass(frozen=True)
class ParquetReader:
    """A Parquet file, of which only the columns are read that are asked for."""

    path: Path
    schema: pa.Schema

    @classmethod
    def of(cls, path: Path) -> "ParquetReader":
        try:
            return cls(path, pa.parquet.read_schema(path))
        except (pa.ArrowInvalid, OSError) as error:
            raise _unreadable(path, "Parquet", error) from error

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.schema.names)

    def read(self, place: int) -> pa.ChunkedArray:
        return self._columns([self.names[place]])[0]

    def read_all(self) -> list[pa.ChunkedArray]:
        return self._columns(None)

    def notes(self, place: int) -> Notes:
        return notes_of(self.schema.field(place))

    def _columns(self, names: list[str] | None) -> list[pa.ChunkedArray]:
        try:
            with pa.parquet.ParquetFile(self.path) as file:
                columns: list[pa.ChunkedArray] = file.read(names).columns
                return columns
        except (pa.ArrowInvalid, OSError) as error:
            raise _unreadable(self.path, "Parquet", error) from error


@dataclass(frozen=True)
class AstropyReader:
    """The first table of a file that astropy reads, in memory."""

    path: Path
    names: tuple[str, ...]
    table: Any

    @classmethod
    def of(cls, path: Path, content: bytes) -> "AstropyReader | None":
        """What `path` holds, unpacked; None if that is none of FITS, VOTable and ECSV."""
        found = astronomers_table(path, content)
        if found is None and not content.startswith(_ECSV):
            return None
        with reading(path, found.kind if found else "ECSV"):
            table = _plain(path, found.whole() if found else _ecsv(path, content))
        return cls(path, tuple(table.colnames), table)

    def read(self, place: int) -> pa.ChunkedArray:
        name = self.names[place]
        try:
            return pa.chunked_array([_as_arrow(self.table[name])])
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            kind = shorten(self.table[name].dtype.name)
            raise TableError(
                f"{self.path}: the column {quoted(name)} is of the type {kind}, which is neither "
                "numbers nor text"
            ) from error

    def read_all(self) -> list[pa.ChunkedArray]:
        return [self.read(place) for place in range(len(self.names))]

    def notes(self, place: int) -> Notes:
        column = self.table[self.names[place]]
        # where FITS has descriptions; astropy takes it for a property of the table
        described = column.description or self.table.meta.get(f"TCOMM{place + 1}") or ""
        return Notes(str(column.unit or ""), str(described))


def _ecsv(path: Path, content: bytes) -> Any:  # noqa: ANN401  of astropy
    return astropy("table", path).Table.read(BytesIO(content), format="ascii.ecsv")


def _plain(path: Path, table: Any) -> Any:  # noqa: ANN401  of astropy
    """A table with times as text, and positions as two columns."""
    with astropy("utils.data_info", path).serialize_context_as("ecsv"):
        return astropy("table.serialize", path).represent_mixins_as_columns(table)


def _as_arrow(column: Any) -> pa.Array:  # noqa: ANN401  of astropy
    """A column of [N, ...], each cell of several axes as lists of fixed lengths in each other."""
    cells = np.asarray(column)
    if cells.dtype.kind == "S":
        cells = np.char.decode(cells, "utf-8", "backslashreplace")
    if cells.dtype.kind == "U":
        cells = np.char.rstrip(cells).astype(object)  # FITS fills it up with spaces
    cells = cells.astype(cells.dtype.newbyteorder("="))
    mask = np.broadcast_to(getattr(column, "mask", False), cells.shape)
    return _nested(cells, mask)


def _nested(cells: NDArray[Any], mask: NDArray[np.bool_]) -> pa.Array:
    if cells.ndim == 1:
        return pa.array(cells, mask=np.ascontiguousarray(mask))
    size = cells.shape[1]
    values = _nested(cells.reshape(-1, *cells.shape[2:]), mask.reshape(-1, *cells.shape[2:]))
    return pa.FixedSizeListArray.from_arrays(values, size)


def _unreadable(path: Path, kind: str, error: Exception) -> TableError:
    return TableError(f"{path}: does not read as {kind}: {shorten(error)}")
