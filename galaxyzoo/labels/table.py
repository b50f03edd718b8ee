"""Tables of fractions: each galaxy's answers, read and checked."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from galaxyzoo.errors import UserError
from galaxyzoo.ids import ascending, id_array, is_id, places_in_order
from galaxyzoo.messages import quoted
from galaxyzoo.tree import ID_COLUMN, Tree


class LabelsError(UserError):
    """The labels are missing, or some of them can't be used."""


def read_labels(path: Path, tree: Tree) -> pd.DataFrame:
    """Read the votes on a tree's questions, such as Kaggle's solutions file: CSV or zipped CSV.

    Gives a table indexed by GalaxyID (text, in the order of `ids.ascending`) with the tree's
    columns (float64, 0 to 1). Raises LabelsError that names file, galaxy and column if the file is
    missing or isn't such a table, if a GalaxyID comes twice, or if a value isn't a number from 0
    to 1.
    """
    table = _read_csv(path)
    missing = [column for column in (ID_COLUMN, *tree.columns) if column not in table.columns]
    if missing:
        raise LabelsError(f"{path}: lacks the column {', '.join(missing)}")
    if table.empty:
        raise LabelsError(f"{path}: holds no galaxies, its header alone")
    table = table.set_index(_galaxy_ids(path, table[ID_COLUMN]))[list(tree.columns)]
    fractions = _fractions(path, table)
    return fractions.iloc[places_in_order(id_array(fractions.index))]


def read_predictions(path: Path, tree: Tree) -> pd.DataFrame:
    """What `evaluate` wrote: the predicted fractions, indexed by GalaxyID, in its order."""
    table = pd.read_csv(path, dtype={ID_COLUMN: str}).set_index(ID_COLUMN)
    return table[list(tree.columns)]


def _read_csv(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise LabelsError(f"{path}: no such file of labels (params.yaml: data.labels)")
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open(_only_csv(path, archive)) as file:
                return pd.read_csv(file, dtype={ID_COLUMN: str})
        return pd.read_csv(path, dtype={ID_COLUMN: str})
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise LabelsError(f"{path}: does not read as a CSV: {error}") from error


def _only_csv(path: Path, archive: zipfile.ZipFile) -> str:
    names = [
        name for name in archive.namelist() if name.endswith(".csv") and "__MACOSX" not in name
    ]
    if len(names) != 1:
        raise LabelsError(f"{path}: expected one CSV in this zip, found {len(names)}")
    return names[0]


def _galaxy_ids(path: Path, column: pd.Series) -> pd.Index:
    bad = column[~column.fillna("").map(is_id)]
    if not bad.empty:
        line = int(bad.index[0]) + 2  # the header is line 1
        raise LabelsError(
            f"{path}: line {line}: {ID_COLUMN} must be digits, got {quoted(bad.iloc[0])}"
        )
    repeated = ascending(column[column.duplicated()].unique())
    if repeated:
        raise LabelsError(
            f"{path}: {len(repeated)} {ID_COLUMN}s come more than once: {_shorten(repeated)}"
        )
    ids: pd.Index = pd.Index(column, name=ID_COLUMN)
    return ids


def _fractions(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    values: pd.DataFrame = table.apply(pd.to_numeric, errors="coerce").astype(np.float64)
    bad = ~((values >= 0) & (values <= 1)).to_numpy()
    if not bad.any():
        return values
    listing = [
        f"  {ID_COLUMN} {table.index[row]}, {table.columns[column]}: {table.iat[row, column]!r}"
        for row, column in np.argwhere(bad)[:_MOST_LISTED]
    ]
    if bad.sum() > _MOST_LISTED:
        listing.append(f"  and {bad.sum() - _MOST_LISTED} more")
    raise LabelsError(
        f"{path}: {bad.sum()} values are not a number from 0 to 1:\n" + "\n".join(listing)
    )


_MOST_LISTED = 20  # a column of rubbish would otherwise bury its own message


def _shorten(ids: list[str]) -> str:
    shown = ", ".join(str(galaxy_id) for galaxy_id in ids[:_MOST_LISTED])
    return shown + (", ..." if len(ids) > _MOST_LISTED else "")
