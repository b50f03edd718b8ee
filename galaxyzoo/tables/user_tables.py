"""A table of galaxies that a user has: its columns found by name, its cells as text or numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from galaxyzoo.base.messages import quoted, some
from galaxyzoo.formats.opening import TableError

_NO_NUMBERS = {"", "nan", "null", "none", "na", "n/a", "--"}
"""Cells of text that say that a number isn't known, in small letters"""
_MOST_COLUMNS = 10  # named in a message


@dataclass(frozen=True)
class Notes:
    """What a file says of a column beside its name; empty where it says nothing."""

    unit: str = ""
    description: str = ""


class Reader(Protocol):
    """A table in a file of some format."""

    @property
    def path(self) -> Path: ...

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns, in their order; a name may be there twice"""
        ...

    def read(self, place: int) -> pa.ChunkedArray:
        """A column, counted from 0 on, as it stands there, so that of a CSV it is text.

        Raises TableError if it can't be read.
        """
        ...

    def read_all(self) -> list[pa.ChunkedArray]:
        """As `read`, of each column; of a CSV it takes no longer than one."""
        ...

    def notes(self, place: int) -> Notes: ...


@dataclass(frozen=True)
class UserTable:
    """What a user's table holds. Rows are counted from 1 on in messages, below any header."""

    reader: Reader

    @property
    def path(self) -> Path:
        return self.reader.path

    def find(self, names: Sequence[str]) -> str | None:
        """The first of some names that is a column, in capitals or not, as the table spells it.

        Raises TableError if several columns are called that.
        """
        for name in names:
            same = [own for own in self.reader.names if own == name] or [
                own for own in self.reader.names if own.lower() == name.lower()
            ]
            if len(same) > 1:
                raise TableError(f"{self.path}: has {len(same)} columns called {quoted(name)}")
            if same:
                return same[0]
        return None

    def lacks(self, name: str) -> TableError:
        """What to raise where there is no such column."""
        held = some(self.reader.names, _MOST_COLUMNS) or "none"
        return TableError(f"{self.path}: lacks the column {quoted(name)}; its columns: {held}")

    def whole(self) -> pa.Table:
        """All columns as they stand there; a field's metadata has its unit and description.

        A column without a name is called column_N, by its place. Raises TableError if a name is
        there twice.
        """
        names = [name or f"column_{n}" for n, name in enumerate(self.reader.names, start=1)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise TableError(f"{self.path}: has the column {some(twice)} more than once")
        columns = self.reader.read_all()
        notes = [self.reader.notes(place) for place in range(len(names))]
        fields = [
            annotated(pa.field(name, column.type), own)
            for name, column, own in zip(names, columns, notes, strict=True)
        ]
        return pa.table(columns, pa.schema(fields))

    def texts(self, name: str) -> list[str]:
        """A column's cells, digit by digit, without spaces around them; empty where there is none.

        Raises TableError for numbers with a point, which hold 16 digits at most and not the 18 or
        19 of an id.
        """
        return self.texts_of(name, self._read(name))

    def texts_of(self, name: str, column: pa.ChunkedArray) -> list[str]:
        """As `texts`, of the column `name` that was read before."""
        if pa.types.is_floating(column.type):
            raise TableError(
                f"{self.path}: the column {quoted(name)} holds numbers with a point, which lose "
                "digits of an id; write it as whole numbers or as text"
            )
        return [cell.strip() for cell in self._as_text(column, name).to_pylist()]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column's cells, float64 [rows]; NaN where one is empty or says that it isn't known.

        Raises TableError that names the first cell that is no number.
        """
        column = self._read(name)
        if not pa.types.is_string(column.type):
            return np.asarray(self._cast(column, pa.float64(), name), np.float64)
        cells = column.to_pandas().str.strip()
        numbers = np.asarray(pd.to_numeric(cells, errors="coerce"), np.float64)
        wrong = np.isnan(numbers) & ~cells.str.lower().isin(_NO_NUMBERS).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            raise TableError(
                f"{self.path}: row {row + 1}: {name}: must be a number, got {quoted(cells[row])}"
            )
        return numbers

    def _read(self, name: str) -> pa.ChunkedArray:
        if name not in self.reader.names:
            raise self.lacks(name)
        return self.reader.read(self.reader.names.index(name))

    def _as_text(self, column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
        return pc.fill_null(self._cast(column, pa.string(), name), "")

    def _cast(self, column: pa.ChunkedArray, kind: pa.DataType, name: str) -> pa.ChunkedArray:
        try:
            return pc.cast(column, kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise TableError(
                f"{self.path}: the column {quoted(name)} is of the type {column.type}, which is "
                "neither numbers nor text"
            ) from error


def annotated(field: pa.Field, notes: Notes) -> pa.Field:
    """A field of a schema that has `notes` in its metadata."""
    said = {"unit": notes.unit, "description": notes.description}
    return field.with_metadata({name: text for name, text in said.items() if text} or None)


def notes_of(field: pa.Field) -> Notes:
    """What `annotated` put into a field's metadata."""
    said = field.metadata or {}
    unit, description = (said.get(key, b"").decode() for key in (b"unit", b"description"))
    return Notes(unit, description)
