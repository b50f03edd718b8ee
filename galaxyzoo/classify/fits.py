"""FITS: astropy writes a table without rows, and ours follow its header as they come."""

import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import plain, quoted, some
from galaxyzoo.classify.astronomy import numpy_type, prototype, unit_text
from galaxyzoo.classify.kinds import arrays, is_list, leaf, nothing_in
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.tables.user_tables import Notes, annotated, notes_of

MOST_COLUMNS = 999
_BLOCK = 2880  # bytes that each part of a FITS file is filled up to


@dataclass(frozen=True)
class _Place:
    """Where a column stands in a row of the file."""

    field: pa.Field
    dtype: Any
    """Of its values, most significant byte first"""
    null: float = 0
    """What stands for no value; text is empty then"""


def check_fits(path: Path, schema: pa.Schema) -> None:
    """Raise UserError if FITS can't have such columns."""
    if len(schema) > MOST_COLUMNS:
        raise UserError(
            f"{path}: FITS holds at most {MOST_COLUMNS} columns, and these are {len(schema)}; "
            "write .vot or .parquet"
        )
    odd = [name for name in schema.names if not (name.isascii() and name.isprintable())]
    if odd:
        raise UserError(f"{path}: FITS wants names of columns in ASCII, got {some(odd)}")
    small = Counter(map(str.lower, schema.names))
    same = [name for name in schema.names if small[name.lower()] > 1]
    if same:
        raise UserError(
            f"{path}: FITS takes capitals in names of columns for small letters, so that "
            f"{some(list(map(quoted, same)))} would be one; rename them, or write .vot or .parquet"
        )


def write_fits(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue as a FITS table; memory use does not grow with the number of rows."""
    places = _places(catalogue)
    header = _header(path, catalogue, places)
    row = np.dtype([(f"f{n}", place.dtype) for n, place in enumerate(places)])
    with path.open("wb") as file:
        file.write(astropy("io.fits", path).PrimaryHDU().header.tostring().encode())
        file.write(header.tostring().encode())
        for table in catalogue.tables():
            rows = np.zeros(len(table), row)
            for name, place, column in zip(row.names or (), places, table.columns, strict=True):
                rows[name] = _values(place, column)
            file.write(rows.tobytes())
        file.write(bytes(-catalogue.rows * row.itemsize % _BLOCK))


def _places(catalogue: Catalogue) -> list[_Place]:
    """Where each column stands, for which texts are measured and values are looked for."""
    widths: dict[str, int] = {}
    for table in catalogue.tables():
        for field, column in zip(table.schema, table.columns, strict=True):
            if field.type == pa.string():
                widths[field.name] = max(_width(column), widths.get(field.name, 1))
    return [_place(field, widths.get(field.name, 0), catalogue) for field in catalogue.schema]


def _place(field: pa.Field, width: int, catalogue: Catalogue) -> _Place:
    kind = leaf(field.type)[1]
    if kind == pa.string():
        return _Place(field, np.dtype(f"S{width}"))
    dtype = numpy_type(field.type).newbyteorder(">")
    if pa.types.is_floating(kind):
        return _Place(field, dtype, math.nan)
    assert catalogue.targets is not None, "ours are fractions and text"
    column = catalogue.targets.columns[field.name]
    if not pa.types.is_boolean(kind):
        return _Place(field, dtype, nothing_in(column))
    if column.null_count or catalogue.some_alone:  # which astropy would read as False
        return _Place(field, np.dtype(">i2"), -1)
    return _Place(field, dtype)


def _header(path: Path, catalogue: Catalogue, places: list[_Place]) -> Any:  # noqa: ANN401
    """The header of the table, with the number of its rows, and the marks of what has no value."""
    written = io.BytesIO()
    prototype(path, [(_described(place.field), place.dtype) for place in places]).write(
        written, format="fits"
    )
    written.seek(0)
    header = astropy("io.fits", path).getheader(written, 1)
    header["NAXIS2"] = catalogue.rows
    for number, place in enumerate(places, start=1):
        for keyword, value in _cards(path, place):
            header.set(f"{keyword}{number}", value, after=f"TFORM{number}")
    for fact in catalogue.facts:
        header[fact.keyword] = _ascii(fact.value) if isinstance(fact.value, str) else fact.value
    return header


def _cards(path: Path, place: _Place) -> Iterator[tuple[str, str | int]]:
    """What a header says of a column, last first."""
    notes = notes_of(place.field)
    if notes.description:
        yield "TCOMM", _ascii(notes.description)
    if place.dtype.base.kind in "iu":
        yield "TNULL", int(place.null)
    if notes.unit:
        yield "TUNIT", _ascii(unit_text(path, notes.unit, "fits"))


def _width(column: pa.ChunkedArray) -> int:
    """The most bytes that a cell of text takes."""
    if pc.all(pc.string_is_ascii(column)).as_py():
        return pc.max(pc.binary_length(column)).as_py() or 1
    return max(len(_bytes(text)) for text in pc.fill_null(column, "").to_pylist())


def _bytes(text: str) -> bytes:
    """Text in ASCII, which is all that FITS has."""
    return text.encode("ascii", "backslashreplace")


def _described(field: pa.Field) -> pa.Field:
    """A field with its description alone, in ASCII: units that FITS doesn't know raise."""
    return annotated(field, Notes(description=_ascii(notes_of(field).description)))


def _ascii(text: str) -> str:
    return _bytes(plain(text)).decode()


def _values(place: _Place, column: pa.ChunkedArray) -> NDArray[Any]:
    """A column as it stands in the file: [N, ...]."""
    kind = column.type
    if kind == pa.string():
        texts = pc.fill_null(column, "").to_pylist()
        return np.array([_bytes(text) for text in texts], place.dtype)
    if pa.types.is_boolean(kind):
        column = pc.cast(column, pa.int16())
    if is_list(kind):
        return arrays(column, place.null)
    return np.asarray(pc.fill_null(column, place.null))
