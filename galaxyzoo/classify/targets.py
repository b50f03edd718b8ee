"""The user's own table of the galaxies: which of its rows belongs to which image."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pyarrow as pa

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count, plain, quoted, sentence, some
from galaxyzoo.images.sources import IMAGE_NAME
from galaxyzoo.tables.binary import ParquetReader
from galaxyzoo.tables.opening import open_table
from galaxyzoo.tables.texts import CsvReader
from galaxyzoo.tables.user_tables import UserTable

logger = logging.getLogger(__name__)

_ID_NAMES = {
    "galaxyid",
    "id",
    "id_str",
    "name",
    "iauname",
    "objid",
    "object_id",
    "dr7objid",
    "dr8objid",
    "dr8_id",
    "asset_id",
    "source_id",
}
"""What columns of ids are called, in small letters"""
_MOST_COLUMNS = 12  # named in a message
PREFIX = "table_"
"""Comes before the name of a user's column that one of ours has"""


@dataclass(frozen=True)
class Targets:
    """A user's table, in memory."""

    path: Path
    id_column: str
    columns: pa.Table
    """All its columns, as `UserTable.whole` gives them, so that those of a CSV are text"""
    places: dict[str, int]
    """The row of each id; ids are text, on one line: see `plain`"""
    is_text: bool
    """Whether it comes from a CSV, so that all columns are text"""
    is_bare: bool
    """Whether its format is one that has no units"""

    def rows_of(self, labels: Sequence[str]) -> pa.Table:
        """For each of some rows of the catalogue, by what they begin with, that of the table.

        It is empty where the table has none.
        """
        found = [self.places.get(image_id(label)) for label in labels]
        return self.columns.take(pa.array(found, pa.int64()))


def image_id(label: str) -> str:
    """The id that an image is matched by: its name without folders and its ending.

    `label` is what its row begins with, the GalaxyID or the file's name. Nothing but the ending of
    an image is cut off: ids as ``J100620.35+101629.1`` hold dots.
    """
    name = PurePosixPath(label).name
    return PurePosixPath(name).stem if IMAGE_NAME.fullmatch(name) else name


def read_targets(path: Path, id_column: str | None) -> Targets:
    """Read a user's table (see `open_table`); `id_column` None: the only one that is called so.

    Raises UserError, in one line, if it can't be read, if its column of ids isn't there, isn't
    clear, or holds numbers with a point, or if an id is there twice.
    """
    table = open_table(path)
    columns = table.whole()
    name = _id_column(table, columns.column_names, id_column)
    ids = [plain(cell) for cell in table.texts_of(name, columns[name])]
    twice = [one for one, times in Counter(ids).items() if times > 1 and one]
    if twice:
        raise UserError(
            f"{path}: {count(len(twice), 'id stands', 'ids stand')} in several rows of the column "
            f"{quoted(name)}: {some(twice)}; each must be there once"
        )
    places = {one: row for row, one in enumerate(ids) if one}
    is_text = isinstance(table.reader, CsvReader)
    is_bare = is_text or isinstance(table.reader, ParquetReader)
    return Targets(path, name, columns, places, is_text, is_bare)


def beside(targets: Targets, names: Iterable[str]) -> Targets:
    """The table with other names for columns that are called as some others are, which is told.

    Capitals don't count, since in FITS they don't. Raises UserError if such a name is there, too.
    """
    taken = {name.lower() for name in names}
    own = targets.columns.column_names
    new = [PREFIX + name if name.lower() in taken else name for name in own]
    renamed = [name for name in own if name.lower() in taken]
    twice = [name for name in new if new.count(name) > 1 or name.lower() in taken]
    if twice:
        raise UserError(
            f"{targets.path}: the catalogue and the table both have a column {some(renamed)}, and "
            f"{some(twice[:1])} is there, too; rename it"
        )
    if renamed:
        logger.warning(
            "%s: %s a name of the catalogue's own, and in it %s before that: %s",
            targets.path,
            count(len(renamed), "column has", "columns have"),
            PREFIX,
            some(renamed),
        )
    return replace(targets, columns=targets.columns.rename_columns(new))


def tell_unmatched(targets: Targets, labels: Sequence[str]) -> bool:
    """Tell, in a line, which rows have no image and which images no row; whether there are such.

    Raises UserError if no image has a row.
    """
    ids = [image_id(label) for label in labels]
    among = set(ids)
    alone = [one for one in ids if one not in targets.places]
    rows = [one for one in targets.places if one not in among]
    if len(alone) == len(ids):
        raise UserError(
            f"{targets.path}: no image has a row: the column {quoted(targets.id_column)} holds "
            f"{some(rows) or 'nothing'}, and images are called {some(ids)}; name another: --id"
        )
    unnamed = len(targets.columns) - len(targets.places)
    told = [
        f"{count(len(rows), 'row')} without image ({some(rows)}), left out" if rows else "",
        f"{count(unnamed, 'row')} without id, left out" if unnamed else "",
        f"{count(len(alone), 'image')} without row ({some(alone)}), whose columns of the table are "
        "empty"
        if alone
        else "",
    ]
    if any(told):
        logger.warning("%s: %s", targets.path, sentence(told))
    return bool(alone)


def _id_column(table: UserTable, names: Sequence[str], wanted: str | None) -> str:
    if wanted is not None:
        found = table.find([wanted])
        if found is None:
            raise table.lacks(wanted)
        return found
    likely = [name for name in names if name.lower() in _ID_NAMES]
    if len(likely) != 1:
        why = f"it may be any of {some(likely, _MOST_COLUMNS)}" if likely else "none is known to be"
        raise UserError(
            f"{table.path}: which column holds the ids? Name it: --id COLUMN; {why}; the columns "
            f"are {some(names, _MOST_COLUMNS)}"
        )
    return likely[0]
