"""Tables of text: CSV, plain, gzipped or zipped, and with commas, semicolons or tabs."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from galaxyzoo.base.messages import shorten
from galaxyzoo.formats.opening import TableError
from galaxyzoo.tables.user_tables import Notes

_SEPARATORS = (",", ";", "\t")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class CsvReader:
    """A CSV whose content is in memory."""

    path: Path
    names: tuple[str, ...]
    separator: str
    rows: bytes
    """All below the header"""

    @classmethod
    def of(cls, path: Path, content: bytes) -> "CsvReader":
        """Find the header; TableError for what is no table of text in UTF-8.

        Lines before it that SDSS's services begin with, such as "#Table1", are passed over.
        """
        content = content.removeprefix(_BOM)
        header, _, rows = content.partition(b"\n")
        while header.startswith(b"#Table"):
            header, _, rows = rows.partition(b"\n")
        if header.lstrip().startswith(b"<"):
            raise TableError(f"{path}: is a web page, and no table; get the file again")
        text = _decoded(path, header)
        separator = max(_SEPARATORS, key=text.count)
        names = next(csv.reader([text], delimiter=separator), [])
        return cls(path, tuple(name.strip() for name in names), separator, rows)

    def read(self, place: int) -> pa.ChunkedArray:
        """A column as text; TableError if a row has more or fewer cells than the header."""
        return self._parse([place])[0]

    def read_all(self) -> list[pa.ChunkedArray]:
        return self._parse(range(len(self.names)))

    def notes(self, place: int) -> Notes:  # noqa: ARG002  a CSV says nothing of its columns
        return Notes()

    def _parse(self, places: Sequence[int]) -> list[pa.ChunkedArray]:
        if not self.rows.strip():
            return [pa.chunked_array([[]], pa.string()) for _ in places]
        names = [str(place) for place in places]
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(self.rows),
                pa.csv.ReadOptions(column_names=[str(n) for n in range(len(self.names))]),
                pa.csv.ParseOptions(delimiter=self.separator, newlines_in_values=True),
                pa.csv.ConvertOptions(
                    include_columns=names,
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            why = shorten(str(error).removeprefix("CSV parse error: "))
            raise TableError(f"{self.path}: does not read as a CSV: {why}") from error
        columns: list[pa.ChunkedArray] = table.columns
        return columns


def _decoded(path: Path, header: bytes) -> str:
    try:
        return header.decode().strip("\r")
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: isn't text in UTF-8; save it as a CSV in UTF-8") from error
