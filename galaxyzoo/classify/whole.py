"""A catalogue as its writers take it: rows of ours and of the user's table side by side."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv

from galaxyzoo.base.messages import plain
from galaxyzoo.classify.columns import Heading
from galaxyzoo.classify.identity import Fact
from galaxyzoo.classify.kinds import text_of
from galaxyzoo.classify.targets import Targets
from galaxyzoo.tables.user_tables import Notes, annotated

Row = tuple[str, ...]
"""The cells of a row, as text"""
TextsOf = Callable[[pa.ChunkedArray], list[str]]
NOT_OTHERWISE: Mapping[str, TextsOf] = {}

_TYPES = {"text": pa.string(), "float": pa.float32()}
_GROUP = 8 * 2**20  # characters of CSV that are taken at a time: some 20,000 galaxies


@dataclass(frozen=True)
class Catalogue:
    """All that a catalogue holds; its rows come bit by bit, as often as they are asked for."""

    headings: Sequence[Heading]
    """Of our columns"""
    facts: Sequence[Fact]
    """Of the model"""
    targets: Targets | None = None
    """Whose columns stand after the first of ours, which they are found by"""
    some_alone: bool = False
    """Whether some rows have none of `targets`"""
    texts: Callable[[], Iterable[str]] = tuple
    """Our columns, as lines of CSV, one for each galaxy, without a header"""
    rows: int = 0

    @property
    def schema(self) -> pa.Schema:
        """Names and types of all columns, in order, each with its unit and description."""
        own = [_field(heading) for heading in self.headings]
        return pa.schema([own[0], *self._of_user, *own[1:]])

    def tables(self) -> Iterator[pa.Table]:
        """All rows, some at a time, of `schema`."""
        own = pa.schema([_field(heading) for heading in self.headings])
        for group in _groups(self.texts()):
            first, *others = _parse(group, own).columns
            carried = self._carried(first.to_pylist()).values()
            yield pa.Table.from_arrays([first, *carried, *others], schema=self.schema)

    def cells(self, texts_of: Mapping[str, TextsOf] = NOT_OTHERWISE) -> Iterator[list[Row]]:
        """All rows, some at a time, as text.

        Cells of the user's columns are as `text_of` makes them, or by a column's name `texts_of`.
        """
        for group in _groups(self.texts()):
            rows = list(csv.reader(io.StringIO(group)))
            carried = self._carried([row[0] for row in rows])
            columns = [texts_of.get(name, text_of)(own) for name, own in carried.items()]
            users = list(zip(*columns, strict=True)) or [()] * len(rows)
            yield [(own[0], *user, *own[1:]) for own, user in zip(rows, users, strict=True)]

    @property
    def _of_user(self) -> Iterable[pa.Field]:
        return self.targets.columns.schema if self.targets else ()

    def _carried(self, labels: Sequence[str]) -> dict[str, pa.ChunkedArray]:
        """The user's columns of some rows, by name."""
        if self.targets is None:
            return {}
        table = self.targets.rows_of(labels)
        return dict(zip(table.column_names, table.columns, strict=True))


def _field(heading: Heading) -> pa.Field:
    return annotated(
        pa.field(plain(heading.name), _TYPES[heading.kind]), Notes(description=heading.description)
    )


def _groups(texts: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size > _GROUP:
            yield "".join(waiting)
            waiting, size = [], 0
    if size:
        yield "".join(waiting)


def _parse(rows: str, schema: pa.Schema) -> pa.Table:
    return pa.csv.read_csv(
        io.BytesIO(rows.encode()),
        pa.csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=2 * _GROUP),
        pa.csv.ParseOptions(newlines_in_values=True),
        pa.csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
