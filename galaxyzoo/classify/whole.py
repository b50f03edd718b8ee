"""A catalogue as its writers take it: rows of ours and of the user's table side by side."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv

from galaxyzoo.base.messages import plain
from galaxyzoo.classify.columns import Heading
from galaxyzoo.classify.identity import Fact
from galaxyzoo.classify.kinds import text_of
from galaxyzoo.classify.targets import Targets
from galaxyzoo.tables.user_tables import Notes, annotated

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
            table = _parse(group, own)
            first, *others = table.columns
            carried = self._rows_of(first.to_pylist()).columns if self.targets else []
            yield pa.Table.from_arrays([first, *carried, *others], schema=self.schema)

    def cells(self, lists: str = "json") -> Iterator[list[tuple[str, ...]]]:
        """All rows, some at a time, as text: see `text_of`."""
        for group in _groups(self.texts()):
            rows = list(csv.reader(io.StringIO(group)))
            carried = self._rows_of([row[0] for row in rows]).columns if self.targets else []
            columns = [text_of(column, lists) for column in carried]
            users = list(zip(*columns, strict=True)) if columns else [()] * len(rows)
            yield [(own[0], *user, *own[1:]) for own, user in zip(rows, users, strict=True)]

    @property
    def _of_user(self) -> Iterable[pa.Field]:
        return self.targets.columns.schema if self.targets else ()

    def _rows_of(self, labels: Sequence[str]) -> pa.Table:
        assert self.targets is not None
        return self.targets.rows_of(labels)


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
