"""The cells of a table of text: found, counted, and told of by line where one is wrong."""

import csv
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

import pandas as pd

from galaxyzoo.base.messages import count, shorten, some
from galaxyzoo.formats.progress import Shown
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.tree import ID_COLUMN

SEPARATORS = (",", ";", "\t")

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_HEADER = 2**20
_NO_LIMIT = 2**31 - 1
_PAGE = re.compile(rb"\s*<")


class Table(Protocol):
    """A table in a file."""

    @property
    def path(self) -> Path: ...

    @property
    def header(self) -> tuple[str, ...]:
        """Names of its columns."""
        ...

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:
        """Some columns of all rows; whole numbers and text as such.

        With `alone`, no others are kept. Raises LabelsError if one isn't there, or if the file is
        damaged.
        """
        ...

    def where(self, row: int) -> str:
        """Where a row stands, counted from 0 on: for people."""
        ...


@dataclass(frozen=True)
class Cells:
    """A table as it stands in a file, in UTF-8, with its header in the first line."""

    path: Path
    content: bytes
    """Without a byte-order mark"""
    separator: str
    header: tuple[str, ...]
    ids: tuple[str, ...]
    """The columns of ids that the table may have"""

    @classmethod
    def of(cls, path: Path, content: bytes, ids: tuple[str, ...] = (ID_COLUMN,)) -> "Cells":
        """Find the header of the table in `content`, which came from `path`, by one of its `ids`.

        Columns are separated by commas, semicolons or tabs. Raises LabelsError, in one line, for
        what is no table of text in UTF-8.
        """
        content = content.removeprefix(_BOM)
        _check_text(path, content)
        separator, header = _find_header(content, ids)
        return cls(path, content, separator, header, ids)

    def columns(self, names: Sequence[str], alone: bool = False) -> pd.DataFrame:
        """Some columns of all rows, the ids among them as text, others as pandas takes them.

        With `alone`, no other cells are kept: for wide tables. Raises LabelsError, in one line, if
        a column isn't there or is there twice, or if a line has too many or too few cells, or a
        quote that never ends.
        """
        self._check_names(names)
        if alone:
            return self._alone(names)
        try:
            table = self._parse()
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise self._ragged() or self._unreadable() from error
        if not isinstance(table.index, pd.RangeIndex):  # the first row is longer than the header
            raise self._ragged() or self._unreadable()
        if _may_be_short(table) and (fault := self._ragged()):
            raise fault
        places = [self.header.index(name) for name in names]
        return table[places].set_axis(list(names), axis=1)

    def where(self, row: int) -> str:
        """Where a row begins, counted from 0 on: for people."""
        return f"line {self.lines([row])[0]}"

    def lines(self, rows: Iterable[int]) -> list[int]:
        """In which lines of the file some rows, counted from 0 on, begin."""
        wanted = set(rows)
        last = max(wanted, default=-1)
        found = {}
        for row, (line, _) in enumerate(self._rows()):
            if row in wanted:
                found[row] = line
            if row >= last:
                break
        # a row of one pair of quotes is blank to csv, and none to pandas: then about where it is
        return [found.get(row, row + 2) for row in sorted(wanted)]

    def _alone(self, names: Sequence[str]) -> pd.DataFrame:
        # told to leave columns out, pandas says nothing of lines that are too long or too short
        if not self._even() and (fault := self._ragged()):
            raise fault
        places = [self.header.index(name) for name in names]
        try:
            return self._parse(places)[places].set_axis(list(names), axis=1)
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise self._unreadable() from error

    def _even(self) -> bool:
        """Whether all lines have as many cells as the header, as far as that is quickly seen."""
        if b'"' in self.content:
            return False
        separator, between = self.separator.encode(), len(self.header) - 1
        return all(
            line.count(separator) == between or line.isspace() for line in BytesIO(self.content)
        )

    def _parse(self, places: list[int] | None = None) -> pd.DataFrame:
        ids = {place: str for place, name in enumerate(self.header) if name in self.ids}
        with warnings.catch_warnings(), Shown(self.content, self.path.name) as file:
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # each value is looked at later
            return pd.read_csv(
                file,
                sep=self.separator,
                header=0,
                names=list(range(len(self.header))),
                usecols=places,
                dtype=ids,
                keep_default_na=False,
            )

    def _check_names(self, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self.header]
        if missing:
            begins = shorten(self.separator.join(self.header), 60)
            said = f"; its first line is {begins!r}" if {*self.ids} & {*missing} else ""
            raise LabelsError(f"{self.path}: lacks the column {some(missing)}{said}")
        twice = [name for name in names if self.header.count(name) > 1]
        if twice:
            raise LabelsError(f"{self.path}: line 1: has the column {some(twice)} more than once")

    def _unreadable(self) -> LabelsError:
        return LabelsError(f"{self.path}: does not read as a table; save it again as a CSV")

    def _ragged(self) -> LabelsError | None:
        """What is wrong with the first line that has more or fewer cells than the header."""
        expected = len(self.header)
        try:
            for line, row in self._rows(strict=True):
                if len(row) != expected:
                    return LabelsError(
                        f"{self.path}: line {line}: has {count(len(row), 'cell')}, where the "
                        f"header has {expected}"
                    )
        except _UnreadableRowError as error:
            return LabelsError(
                f"{self.path}: line {error}: has a quote that never ends, or one amid a cell"
            )
        return None

    def _rows(self, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header that aren't blank, each with the line in which it begins."""
        text = TextIOWrapper(BytesIO(self.content), encoding="utf-8", newline="")
        return islice(_rows_of(text, self.separator, strict), 1, None)


def _rows_of(text: TextIO, separator: str, strict: bool) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_NO_LIMIT)
    reader = csv.reader(text, delimiter=separator, strict=strict)
    row: list[str] | None = []
    while row is not None:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _UnreadableRowError(line) from error
        if row is not None and (len(row) > 1 or "".join(row).strip()):
            yield line, row


class _UnreadableRowError(Exception):
    """In which line a row begins that is none."""


def _may_be_short(table: pd.DataFrame) -> bool:
    """Whether a row may have fewer cells than the header: the last is empty then."""
    last = table.iloc[:, -1]
    return bool(last.isna().any() or (last.dtype.kind == "O" and (last == "").any()))


def _check_text(path: Path, content: bytes) -> None:
    if not content or content.isspace():
        raise LabelsError(f"{path}: is empty, without even a header")
    if content.startswith(_UTF16):
        raise LabelsError(f"{path}: is text in UTF-16; save it as UTF-8")
    if _PAGE.match(content):
        raise LabelsError(
            f"{path}: is a web page, such as one to log in, and no table; get the file again"
        )
    if b"\0" in content:
        raise LabelsError(
            f"{path}: line {_line_at(content, content.index(0))}: holds a byte 0, so it is no "
            "text in UTF-8, or damaged; get it again, or save it as UTF-8"
        )
    try:
        if not content.isascii():
            content.decode()
    except UnicodeDecodeError as error:
        raise LabelsError(
            f"{path}: line {_line_at(content, error.start)}: isn't text in UTF-8; save it as UTF-8"
        ) from error


def _line_at(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _find_header(content: bytes, ids: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The separator with which the first line has a column of ids, and its columns."""
    start = content[:_MOST_HEADER].decode(errors="ignore")
    headers = [(separator, _first_row(start, separator)) for separator in SEPARATORS]
    return next((own for own in headers if {*ids} & {*own[1]}), headers[0])


def _first_row(text: str, separator: str) -> tuple[str, ...]:
    _, row = next(_rows_of(StringIO(text, newline=""), separator, strict=False), (0, [text]))
    return tuple(name.strip() for name in row)
