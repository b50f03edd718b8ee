"""Columns of a user's table in the types that a format has; nothing loses a digit."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.kinds import arrays, nothing_in, storable, text_of, typed


def column(values: list[Any], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["587736915678593357", "-3", ""], pa.int64(), [587736915678593357, -3, None]),
        (["1", " 2 ", "null"], pa.int64(), [1, 2, None]),
        (["1.50", "-2e-3", "NaN", ".5"], pa.float64(), [1.5, -0.002, None, 0.5]),
        (["1", "2.5"], pa.float64(), [1, 2.5]),
        (["007", "12"], pa.string(), ["007", "12"]),
        (["587736915678593357", "1.5"], pa.string(), ["587736915678593357", "1.5"]),
        ([str(2**64), "1"], pa.string(), [str(2**64), "1"]),
        (["SBb(m)", " x", ""], pa.string(), ["SBb(m)", " x", None]),
        (["NA", "null", "x"], pa.string(), ["NA", "null", "x"]),
        (["", ""], pa.string(), [None, None]),
        (["12:30:00", "1"], pa.string(), ["12:30:00", "1"]),
    ],
)
def test_text_becomes_numbers_where_all_cells_are_and_none_changes(
    cells: list[str], kind: pa.DataType, values: list[Any]
) -> None:
    found = typed(column(cells))
    assert (found.type, found.to_pylist()) == (kind, values)


@pytest.mark.parametrize(
    ("values", "kind", "stored"),
    [
        ([1, 255], pa.uint8(), pa.int16()),
        ([1, 2**32 - 1], pa.uint32(), pa.int64()),
        ([1, 2**63 - 1], pa.uint64(), pa.int64()),
        ([1, 2**64 - 1], pa.uint64(), pa.string()),
        ([True, None], pa.bool_(), pa.bool_()),
        ([Decimal("1.50")], pa.decimal128(5, 2), pa.string()),
        ([[1, 2]], pa.list_(pa.int32(), 2), pa.list_(pa.int32(), 2)),
        (["a", None], pa.dictionary(pa.int8(), pa.string()), pa.string()),
    ],
)
def test_types_that_astronomers_formats_lack_are_widened(
    values: list[Any], kind: pa.DataType, stored: pa.DataType
) -> None:
    found = storable(column(values, kind), "t.parquet: x")
    assert found.type == stored
    assert text_of(found) == text_of(column(values, kind))


def test_what_they_cannot_hold_is_refused_by_name() -> None:
    lists = column([[1.5], [1.5, 2]])
    with pytest.raises(UserError, match=r"^t\.parquet: x: holds values of the type 'list<"):
        storable(lists, "t.parquet: x")
    assert text_of(lists) == ["[1.5]", "[1.5, 2.0]"]


def test_text_is_put_on_one_line() -> None:
    assert storable(column(["a\nb\x1f", "c é", None]), "").to_pylist() == [r"a\nb\x1f", "c é", None]


def test_numbers_as_text_can_be_read_back_to_the_last_bit() -> None:
    draws = np.random.default_rng(0)
    for kind in (np.float32, np.float64):
        numbers = (draws.normal(size=300) * 10.0 ** draws.integers(-30, 30, 300)).astype(kind)
        read = np.array(text_of(pa.chunked_array([numbers])), kind)
        assert np.array_equal(read, numbers)
    assert text_of(column([2**62 + 1, None])) == [str(2**62 + 1), ""]
    assert text_of(column([True, False, None])) == ["True", "False", ""]


def test_arrays_in_cells() -> None:
    cells = column([[[1, 2], [3, None]], None], pa.list_(pa.list_(pa.int16(), 2), 2))
    assert text_of(cells) == ["[[1, 2], [3, null]]", ""]
    nothing = nothing_in(cells)
    assert nothing == -(2**15)
    assert arrays(cells, nothing).tolist() == [[[1, 2], [3, nothing]], [[nothing] * 2] * 2]


def test_what_stands_for_no_value_is_no_value_of_the_column() -> None:
    least = -(2**63)
    assert nothing_in(column([5, least, least + 1])) == least + 2
    assert np.isnan(nothing_in(column([0.5])))
