"""A user's table opened, by what it holds and not by its name."""

from pathlib import Path

from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.tables.binary import AstropyReader, ParquetReader
from galaxyzoo.tables.texts import CsvReader
from galaxyzoo.tables.user_tables import Reader, UserTable


def open_table(path: Path) -> UserTable:
    """Open a CSV (commas, semicolons or tabs), Parquet, FITS, VOTable or ECSV.

    All but Parquet may be gzipped; a zip may hold one CSV. Raises UserError, in one line, for what
    isn't there or is no such table, and where FITS, VOTable or ECSV find no astropy.
    """
    return UserTable(_reader(path))


def _reader(path: Path) -> Reader:
    if _begins_with(path, b"PAR1"):
        return ParquetReader.of(path)
    content = read_table_bytes(path)
    return AstropyReader.of(path, content) or CsvReader.of(path, content)


def _begins_with(path: Path, start: bytes) -> bool:
    """Of a file that isn't there, others tell."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(start)) == start
