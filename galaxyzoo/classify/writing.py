"""A catalogue into a file of the format that its name ends in."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.astronomy import write_ecsv, write_votable
from galaxyzoo.classify.fits import check_fits, write_fits
from galaxyzoo.classify.kinds import storable, typed
from galaxyzoo.classify.parquet import write_parquet
from galaxyzoo.classify.targets import Targets
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.tables.user_tables import annotated, notes_of


def write_csv(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue as a CSV; memory use does not grow with the number of rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(catalogue.schema.names)
        if catalogue.targets is None:
            file.writelines(catalogue.texts())
        else:
            for rows in catalogue.cells():
                writer.writerows(rows)


WRITERS: dict[str, Callable[[Path, Catalogue], None]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".fits": write_fits,
    ".vot": write_votable,
    ".ecsv": write_ecsv,
}
"""By the ending of the file's name"""
_OF_ASTRONOMERS = (".fits", ".vot", ".ecsv")
_POSITIONS = {"ra", "dec", "right_ascension", "declination"}


def check_output(path: Path, said: str, *others: str) -> None:
    """Raise UserError if no catalogue can be written to `path`, or if that takes astropy.

    Messages call it `said`. Its name may end in one of `others`, too.
    """
    if path.suffix not in (*others, *WRITERS) or path.is_dir():
        *most, last = *others, *WRITERS
        raise UserError(
            f"{said}: the output must be a file that ends in {', '.join(most)} or {last}"
        )
    if path.suffix in _OF_ASTRONOMERS:
        astropy("table", said)


def fitted(targets: Targets, path: Path) -> Targets:
    """A user's table with the types that the format of `path` has.

    Cells of a CSV become numbers where all of a column are such; in a CSV they stay as they are.
    Raises UserError that names a column whose values the format can't hold.
    """
    columns = targets.columns.columns
    if path.suffix != ".csv" and targets.is_text:
        columns = [typed(column) for column in columns]
    if path.suffix in _OF_ASTRONOMERS:
        named = zip(targets.columns.column_names, columns, strict=True)
        columns = [storable(column, f"{targets.path}: {name}") for name, column in named]
    told = zip(targets.columns.schema, columns, strict=True)
    fields = [field.with_type(column.type) for field, column in told]
    if targets.is_bare:
        fields = [_with_degrees(field) for field in fields]
    # rows are taken often, which in many small pieces takes long
    return replace(targets, columns=pa.table(columns, pa.schema(fields)).combine_chunks())


def _with_degrees(field: pa.Field) -> pa.Field:
    """A field with the unit that positions nearly always have, if it is one and has none."""
    notes = notes_of(field)
    if notes.unit or field.name.lower() not in _POSITIONS or not pa.types.is_floating(field.type):
        return field
    return annotated(field, replace(notes, unit="deg"))


def check_columns_of(path: Path, schema: pa.Schema) -> None:
    """Raise UserError if the format of `path` can't have the columns of a catalogue."""
    if path.suffix == ".fits":
        check_fits(path, schema)
