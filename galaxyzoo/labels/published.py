"""The published tables of Galaxy Zoo 2: those of Willett et al. 2013 and of Hart et al. 2016.

They name a galaxy by its objid in the survey, and an answer by its stem. For each answer they have
several columns, all of them shares of those who were asked its question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.base.messages import MOST_LISTED, quoted, some
from galaxyzoo.labels.cells import Table
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import check_ids, not_fractions
from galaxyzoo.labels.votes import OBJID_COLUMN
from galaxyzoo.tree import ID_COLUMN, LABEL_COLUMNS, LabelColumn, Tree

TOLERANCE = 1e-3
"""By how much a share may be above 1: these are divided by their sum"""
COLUMNS = tuple(column for column in LABEL_COLUMNS if column != "kaggle")

_UNKNOWN = ("", "nan", "null", "none", "na", "n/a", "--")
"""What stands for no number, in small letters"""


@dataclass(frozen=True)
class Published:
    """Some rows of such a table."""

    objids: Ids
    """[N]: may come more than once"""
    shares: NDArray[np.float64]
    """[N, C]: for each column of a tree the share of those asked, at least 0; NaN: not known"""

    def once(self) -> tuple["Published", Ids]:
        """The first row of each galaxy, and the objids of the others."""
        again = pd.Index(self.objids).duplicated()
        return Published(self.objids[~again], self.shares[~again]), self.objids[again]


def is_published(header: Sequence[str], tree: Tree) -> bool:
    """Whether a table with these columns is one of the published, and not the competition's."""
    stems = [answer.stem for answer in tree.answers.values() if answer.stem]
    wanted = {f"{stem}_{column}" for stem in stems for column in COLUMNS}
    return bool(wanted & {*header}) and not {ID_COLUMN, *tree.columns} <= {*header}


def name_of(header: Sequence[str]) -> str:
    """Which of the tables it is, by its columns: for people."""
    # of Hart et al., no table names galaxies as later data releases do
    paper = "Willett et al. 2013" if "dr8objid" in header else "Hart et al. 2016"
    return f"Galaxy Zoo 2, {paper}"


def read_published(table: Table, column: LabelColumn, tree: Tree) -> Published:
    """Read the objids and, of each answer, the `column` that was asked for; no others.

    Raises LabelsError, which names the file and the line, or the row of FITS and VOTables, if one
    of the columns isn't there, if an objid isn't one, or if a share isn't a number from 0 to 1, nor
    empty or NaN.
    """
    names = [f"{answer.stem}_{column}" for answer in tree.answers.values()]
    _check_names(table, names, column)
    read = table.columns([OBJID_COLUMN, *names], alone=True)
    if read.empty:
        raise LabelsError(f"{table.path}: holds no galaxies, its header alone")
    objids = _texts(table, read[OBJID_COLUMN])
    check_ids(table, objids)
    return Published(id_array(objids), _shares(table, read[names]))


def _check_names(table: Table, names: list[str], column: LabelColumn) -> None:
    missing = [name for name in (OBJID_COLUMN, *names) if name not in table.header]
    if missing:
        raise LabelsError(
            f"{table.path}: lacks the column {some(missing)} (params.yaml: data.label_column is "
            f"{column}, of {some(COLUMNS)})"
        )


def _texts(table: Table, column: pd.Series) -> pd.Series:
    """A column of ids as text; LabelsError if it went through a float."""
    if column.dtype.kind == "f":
        raise LabelsError(
            f"{table.path}: {column.name} is a column of floats, which round its 18 digits; write "
            "it as text or as 64-bit integers"
        )
    return column.astype(str)


def _shares(table: Table, read: pd.DataFrame) -> NDArray[np.float64]:
    shares = np.empty(read.shape)
    bad = np.zeros(read.shape, bool)
    for place, (_, column) in enumerate(read.items()):
        shares[:, place], unknown = _numbers(column)
        own = shares[:, place]
        bad[:, place] = ~(unknown | ((own >= 0) & (own <= 1 + TOLERANCE)))
    if bad.any():
        raise _bad_shares(table, read, np.argwhere(bad))
    return shares


def _numbers(column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A column as float64, NaN where a value is no number; and which of these say so."""
    if column.dtype.kind in "fiu":
        numbers = column.to_numpy(np.float64)
        return numbers, np.isnan(numbers)
    words = column.astype(str).str.strip().str.lower()
    unknown = words.isin(_UNKNOWN).to_numpy(bool)
    numbers = pd.to_numeric(words, errors="coerce").to_numpy(np.float64)
    return numbers, unknown


def _bad_shares(table: Table, read: pd.DataFrame, bad: NDArray[np.int64]) -> LabelsError:
    """Lists the first of the values, which stand in the `bad` [M, 2] rows and columns."""
    first = [
        f"{table.where(row)}, {read.columns[column]}: {quoted(read.iat[row, column])}"
        for row, column in bad[:MOST_LISTED]
    ]
    return not_fractions(table.path, first, len(bad))
