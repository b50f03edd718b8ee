"""Tables of fractions: each galaxy's answers, read and checked."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.ids import MOST_DIGITS, Ids, id_array, is_id, places_in_order
from galaxyzoo.base.messages import MOST_LISTED, MOST_NAMED, count, listing, quoted, some
from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.labels.cells import Cells, Table
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.tree import ID_COLUMN, Tree

TOLERANCE = 1e-6
"""By how much rounding may leave a fraction outside of 0 to 1, to whose end it is then moved"""

_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")


def read_labels(path: Path, tree: Tree) -> pd.DataFrame:
    """Read the votes on a tree's questions, such as Kaggle's solutions file.

    That is a CSV, plain, gzipped, or the only one in a zip, in UTF-8, whose columns are separated
    by commas, semicolons or tabs, in any order; others are passed over. Gives a table indexed by
    GalaxyID (text, in the order of `ids.ascending`) with the tree's columns (float64, 0 to 1).

    Raises LabelsError, which names the file and the line, or galaxy and column, if the file isn't
    such a table, if a GalaxyID isn't one or comes twice, or if a value isn't a number from 0 to 1
    (rounding within `TOLERANCE` is mended). Whether the votes follow the tree: see `checks`.
    """
    check_there(path)
    return labels_in(Cells.of(path, read_table_bytes(path)), tree)


def check_there(path: Path) -> None:
    """Raise LabelsError if there is no file of labels."""
    if not path.exists():
        raise LabelsError(f"{path}: no such file of labels (params.yaml: data.labels)")


def labels_in(cells: Cells, tree: Tree) -> pd.DataFrame:
    """`read_labels` of a table that is open already."""
    fractions = _read(cells, tree)
    return fractions.iloc[places_in_order(id_array(fractions.index))]


def read_predictions(path: Path, tree: Tree, galaxy_ids: Ids) -> pd.DataFrame:
    """What `evaluate` wrote: the predicted fractions of some galaxies, in their order.

    Raises LabelsError if the file isn't such a table, or has other galaxies.
    """
    try:
        fractions = _read(Cells.of(path, read_table_bytes(path)), tree)
    except LabelsError as error:
        raise LabelsError(f"{error}; run `dvc repro`") from error
    if not np.array_equal(id_array(fractions.index), galaxy_ids):
        raise LabelsError(
            f"{path}: has other galaxies than the test split, or another order; run `dvc repro`"
        )
    return fractions


def _read(cells: Cells, tree: Tree) -> pd.DataFrame:
    table = cells.columns((ID_COLUMN, *tree.columns))
    if table.empty:
        raise LabelsError(f"{cells.path}: holds no galaxies, its header alone")
    ids = read_ids(cells, table[ID_COLUMN])
    return _fractions(cells.path, table.set_index(ids)[[*tree.columns]])


def read_ids(cells: Cells, column: pd.Series) -> pd.Index:
    """The GalaxyIDs of a table's rows; LabelsError names the line of one that is none, or twice."""
    check_ids(cells, column)
    repeated = np.flatnonzero(column.duplicated().to_numpy())
    if len(repeated):
        raise _repeated_ids(cells, column, repeated)
    ids: pd.Index = pd.Index(column, name=ID_COLUMN)
    return ids


def check_ids(table: Table, column: pd.Series) -> None:
    """Raise LabelsError, which names the line, if some text in a column of ids is none."""
    bad = np.flatnonzero(~column.map(is_id).to_numpy(bool))
    if len(bad):
        raise _bad_ids(table, column, bad)


def _bad_ids(table: Table, column: pd.Series, bad: NDArray[np.int64]) -> LabelsError:
    """The first of the ids that are none, and how many there are."""
    value = str(column.iloc[bad[0]])
    more = f"; {count(len(bad) - 1, 'more row')} like it" if len(bad) > 1 else ""
    return LabelsError(
        f"{table.path}: {table.where(bad[0])}: {column.name} must be digits, at most "
        f"{MOST_DIGITS}, got {quoted(value)}{more}{_advice(value)}"
    )


def _advice(value: str) -> str:
    if not _FLOAT.fullmatch(value):
        return ""
    return ": it went through a float, which rounds long ids; write ids as text, all their digits"


def _repeated_ids(cells: Cells, column: pd.Series, repeated: NDArray[np.int64]) -> LabelsError:
    """The first ids that come again, and in which lines they do."""
    told = []
    for row in repeated[:MOST_NAMED]:
        first, again = cells.lines(np.flatnonzero(column == column.iloc[row])[:2].tolist())
        told.append(f"{column.iloc[row]} (lines {first} and {again})")
    more = f" and {len(repeated) - MOST_NAMED} more" if len(repeated) > MOST_NAMED else ""
    return LabelsError(
        f"{cells.path}: {count(len(repeated), f'{ID_COLUMN} comes', f'{ID_COLUMN}s come')} more "
        f"than once: {some(told)}{more}"
    )


def _fractions(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    values = table.apply(_numbers)
    fractions = values.to_numpy()
    bad = ~((fractions >= -TOLERANCE) & (fractions <= 1 + TOLERANCE))
    if bad.any():
        raise _bad_values(path, table, np.argwhere(bad))
    return values.clip(0, 1)


def _numbers(column: pd.Series) -> pd.Series:
    """A column as float64; NaN where a value is no number."""
    if column.dtype == bool:
        return pd.Series(np.nan, column.index)
    numbers: pd.Series = pd.to_numeric(column, errors="coerce").astype(np.float64)
    return numbers


def _bad_values(path: Path, table: pd.DataFrame, bad: NDArray[np.int64]) -> LabelsError:
    """Lists the first of the values, which stand in the `bad` [M, 2] rows and columns."""
    first = [
        f"{ID_COLUMN} {table.index[row]}, {table.columns[column]}: {quoted(table.iat[row, column])}"
        for row, column in bad[:MOST_LISTED]
    ]
    return not_fractions(path, first, len(bad))


def not_fractions(path: Path, first: Sequence[str], total: int) -> LabelsError:
    """What to raise at so many values that are no fractions, of which the first are listed."""
    more = f"\n  and {total - len(first)} more" if total > len(first) else ""
    return LabelsError(
        f"{path}: {count(total, 'value is', 'values are')} not a number from 0 to 1:\n"
        f"{listing(first)}{more}"
    )
