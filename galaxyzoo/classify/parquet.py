"""Parquet files."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from galaxyzoo.classify.whole import Catalogue


def write_parquet(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue as a Parquet file; an empty cell is a null.

    Units and descriptions are in the metadata of its fields, what tells of the model in that of the
    file, as galaxyzoo.NAME. Memory use does not grow with the number of rows.
    """
    facts = {f"galaxyzoo.{fact.name}": str(fact.value) for fact in catalogue.facts}
    schema = catalogue.schema.with_metadata(facts)
    with pa.parquet.ParquetWriter(path, schema) as writer:
        for table in catalogue.tables():
            writer.write_table(table)
