"""Tables of labels in any format: text, and what astronomers keep them in, FITS and VOTable."""

from pathlib import Path

from galaxyzoo.formats.astronomical import astronomers_table
from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.labels.cells import Cells, Table


def open_table(path: Path, ids: tuple[str, ...]) -> Table:
    """The table in a file, plain or packed, by what it holds: FITS, VOTable, or else text.

    That has one of the columns `ids`. Raises LabelsError, in one line, if it can't be read as such,
    or needs astropy, which isn't installed.
    """
    content = read_table_bytes(path)
    return astronomers_table(path, content) or Cells.of(path, content, ids)
