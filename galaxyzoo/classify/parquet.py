"""Parquet files, out of the rows of a CSV that come bit by bit."""

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from galaxyzoo.classify.catalogue import ColumnType

_TYPES = {"text": pa.string(), "float": pa.float32()}
_GROUP = 8 * 2**20  # characters of CSV in a row group: some 20,000 galaxies


def write_parquet(path: Path, columns: Mapping[str, ColumnType], texts: Iterable[str]) -> None:
    """Write rows of CSV, without a header, as a Parquet file; an empty cell is a null.

    Memory use does not grow with the number of rows.
    """
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])
    with pa.parquet.ParquetWriter(path, schema) as writer:
        for group in _groups(texts):
            writer.write_table(_parse(group, schema))


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
