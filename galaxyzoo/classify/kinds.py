"""What kinds of values the columns of a user's table hold, and how each format can hold them."""

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import plain, quoted

_NOT_KNOWN = pa.array(["", "nan", "null", "none", "na", "n/a", "--"])
"""Cells of text that say that a number isn't known, in small letters"""
_WHOLE = r"^(0|-?[1-9][0-9]*)$"
_REAL = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# a float would change these: digits beyond the 15 that it keeps, zeros before others
_NO_FLOAT = r"^[+-]?([0-9]{16,}|0[0-9]+)$"

_WIDENED = {
    pa.int8(): pa.int16(),
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.float16(): pa.float32(),
}
"""What not all formats of astronomers have, and what holds all its values"""
_KEPT = {pa.bool_(), pa.int16(), pa.int32(), pa.int64(), pa.float32(), pa.float64()}
_IN_LISTS = _KEPT - {pa.bool_()} | {pa.uint8()}


def typed(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text as int64 or float64 if all its cells are such numbers; else as text.

    What a number would change stays text: long ids in a column with fractions, leading zeros,
    whole numbers that int64 doesn't hold. Empty cells, and in a column of numbers also those that
    say that it isn't known, become nulls.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    known = _without(trimmed, pc.is_in(pc.utf8_lower(trimmed), _NOT_KNOWN))
    text = _without(cells, pc.equal(cells, ""))
    if known.null_count == len(known):
        return text
    try:
        if _all(known, _WHOLE):
            return pc.cast(known, pa.int64())
        if _all(known, _REAL) and not _any(known, _NO_FLOAT):
            return pc.cast(known, pa.float64())
    except pa.ArrowInvalid:  # too large for int64
        pass
    return text


def storable(column: pa.ChunkedArray, what: str) -> pa.ChunkedArray:
    """A column as all of FITS, VOTable and ECSV hold it: bool, int16 to int64, floats, or text.

    Dates and decimals become text; text is put on one line. Cells of several numbers stay. Raises
    UserError, which begins with `what`, for anything else.
    """
    kind = column.type
    if kind in _KEPT or (is_list(kind) and leaf(kind)[1] in _IN_LISTS):
        return column
    if kind in _WIDENED:
        return pc.cast(column, _WIDENED[kind])
    if kind == pa.uint64():
        fits = (pc.max(column).as_py() or 0) < 2**63
        return pc.cast(column, pa.int64() if fits else pa.string())
    try:
        return _on_one_line(pc.cast(column, pa.string()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserError(
            f"{what}: holds values of the type {quoted(str(kind))}, which FITS, VOTable and ECSV "
            "can't hold; leave the column out, or write .parquet or .csv"
        ) from error


def text_of(column: pa.ChunkedArray) -> list[str]:
    """The cells as text, digit by digit, floats as short as they can be read back; "" for none.

    Several values in a cell are a list of JSON.
    """
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "True", "False")
    if is_list(column.type):
        return _lists(column)
    try:
        return list(pc.fill_null(pc.cast(column, pa.string()), "").to_pylist())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return [
            "" if cell is None else json.dumps(cell, default=str) for cell in column.to_pylist()
        ]


def _lists(column: pa.ChunkedArray) -> list[str]:
    """Cells of as many values each as JSON; a value that isn't known is null."""
    values = pc.fill_null(pc.cast(_flat(column.drop_null()), pa.string()), "null")
    texts = [text.replace("nan", "NaN") for text in values.to_pylist()]
    for size in reversed(leaf(column.type)[0]):
        lists = (texts[start : start + size] for start in range(0, len(texts), size))
        texts = [f"[{', '.join(own)}]" for own in lists]
    known = iter(texts)
    return [next(known) if there else "" for there in column.is_valid().to_pylist()]


def arrays(column: pa.ChunkedArray, nothing: float) -> NDArray[Any]:
    """A column of lists as an array [N, ...], with `nothing` where there is no value."""
    shape, values = leaf(column.type)
    found = np.full((len(column), *shape), nothing, values.to_pandas_dtype())
    there = np.asarray(column.is_valid())
    flat = _flat(column.drop_null())
    found[there] = np.asarray(pc.fill_null(flat, nothing)).reshape(-1, *shape)
    return found


def nothing_in(column: pa.ChunkedArray) -> float:
    """What can stand for no value in a column of numbers: NaN, or a whole number not in it."""
    values = _flat(column)
    if pa.types.is_floating(values.type):
        return math.nan
    least = int(np.iinfo(values.type.to_pandas_dtype()).min)
    while pc.any(pc.equal(values, pa.scalar(least, values.type))).as_py():
        least += 1
    return least


def is_list(kind: pa.DataType) -> bool:
    """Whether each cell is of so many values, and all of as many."""
    return bool(pa.types.is_fixed_size_list(kind))


def leaf(kind: pa.DataType) -> tuple[tuple[int, ...], pa.DataType]:
    """The shape of each cell, and the type of its values; () for one value."""
    if not is_list(kind):
        return (), kind
    shape, values = leaf(kind.value_type)
    return (kind.list_size, *shape), values


def _without(cells: pa.ChunkedArray, which: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(which, pa.scalar(None, pa.string()), cells)


def _all(cells: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _any(cells: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, pattern)).as_py())


def _on_one_line(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if not _any(cells, r"[[:cntrl:]]"):
        return cells
    texts = [None if cell is None else plain(cell) for cell in cells.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    while is_list(column.type):
        column = pc.list_flatten(column)
    return column
