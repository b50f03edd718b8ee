"""ECSV and VOTable: astropy writes a table without rows, and ours are put into it as they come."""

import csv
import io
import warnings
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.classify.kinds import arrays, is_list, leaf, nothing_in
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.tables.user_tables import notes_of

_VOTABLE = {
    pa.bool_(): "boolean",
    pa.uint8(): "unsignedByte",
    pa.int16(): "short",
    pa.int32(): "int",
    pa.int64(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "unicodeChar",
}
"""What VOTable calls the types that `storable` leaves"""
_NUMPY = {kind: "U1" if kind == pa.string() else kind.to_pandas_dtype() for kind in _VOTABLE}
_BETWEEN = "\x1f"  # which stands in no cell


def prototype(path: Path, fields: Iterable[tuple[pa.Field, Any]]) -> Any:  # noqa: ANN401
    """An astropy table without rows, for `path`: of each field, with such a NumPy type."""
    table = astropy("table", path)
    made = table.Table()
    for field, dtype in fields:
        notes = notes_of(field)
        made[field.name] = table.Column(
            np.zeros(0, dtype), unit=notes.unit or None, description=notes.description or None
        )
    return made


def unit_text(path: Path, unit: str, kind: str) -> str:
    """A unit as the format `kind` of astropy has it; one that it doesn't know, as it is."""
    try:
        return str(astropy("units", path).Unit(unit).to_string(kind))
    except (ValueError, TypeError):
        return unit


def write_ecsv(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue as ECSV; memory use does not grow with the number of rows."""
    made = prototype(path, [(field, numpy_type(field.type)) for field in catalogue.schema])
    made.meta = {fact.name: fact.value for fact in catalogue.facts}
    header = io.StringIO()
    with warnings.catch_warnings(action="ignore"):  # of units that astropy doesn't know
        made.write(header, format="ascii.ecsv", delimiter=",")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header.getvalue())
        plain = csv.writer(file, lineterminator="\n")
        quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for rows in catalogue.cells():
            for row in rows:  # one that begins with # would be a comment
                (quoted if row[0].startswith("#") else plain).writerow(row)


def write_votable(path: Path, catalogue: Catalogue) -> None:
    """Write a catalogue as VOTable; memory use does not grow with the number of rows."""
    nothing = _nothing(catalogue)
    before, end, after = _empty_votable(path, catalogue, nothing).partition("</TABLE>")
    texts_of = {name: partial(_values_of, nothing=own) for name, own in nothing.items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{before}<DATA><TABLEDATA>\n")
        for rows in catalogue.cells(texts_of):
            texts = (escape(_BETWEEN.join(row)).replace(_BETWEEN, "</TD><TD>") for row in rows)
            file.writelines(f"<TR><TD>{text}</TD></TR>\n" for text in texts)
        file.write(f"</TABLEDATA></DATA>\n{end}{after}")


def _nothing(catalogue: Catalogue) -> dict[str, float]:
    """Of columns of arrays, whose values can't be left out, what stands for none."""
    if catalogue.targets is None:
        return {}
    columns = catalogue.targets.columns
    lists = [field.name for field in columns.schema if is_list(field.type)]
    return {name: nothing_in(columns[name]) for name in lists}


def _values_of(column: pa.ChunkedArray, nothing: float) -> list[str]:
    """The cells of a column of arrays, as VOTable has them."""
    rows = arrays(column, nothing).reshape(len(column), -1)
    texts = np.asarray(pc.cast(pa.array(rows.ravel()), pa.string())).reshape(rows.shape)
    return [" ".join(row).replace("nan", "NaN") for row in texts.tolist()]


def numpy_type(kind: pa.DataType) -> Any:  # noqa: ANN401
    """The NumPy type of what `storable` leaves; of text, one that says no length."""
    shape, values = leaf(kind)
    return np.dtype((np.dtype(_NUMPY[values]), shape))


def _empty_votable(path: Path, catalogue: Catalogue, nothing: Mapping[str, float]) -> str:
    tree = astropy("io.votable.tree", path)
    file, resource = tree.VOTableFile(version="1.4"), tree.Resource(type="results")
    table = tree.TableElement(file)
    file.resources.append(resource)
    resource.tables.append(table)
    with warnings.catch_warnings(action="ignore"):  # of units that VOTable doesn't know
        table.params.extend(_params(tree, file, catalogue))
        table.fields.extend(
            _field(path, file, field, nothing.get(field.name)) for field in catalogue.schema
        )
        written = io.BytesIO()
        file.to_xml(written)
    return written.getvalue().decode()


def _params(tree: Any, file: Any, catalogue: Catalogue) -> Iterable[Any]:  # noqa: ANN401
    kinds = {bool: "boolean", int: "int", float: "double", str: "unicodeChar"}
    for fact in catalogue.facts:
        kind = kinds[type(fact.value)]
        size = "*" if kind == "unicodeChar" else None
        param = tree.Param(file, name=fact.name, value=fact.value, datatype=kind, arraysize=size)
        param.description = fact.meaning
        yield param


def _field(path: Path, file: Any, field: pa.Field, nothing: float | None) -> Any:  # noqa: ANN401
    shape, values = leaf(field.type)
    made = astropy("io.votable.tree", path).Field(
        file,
        name=field.name,
        datatype=_VOTABLE[values],
        arraysize="x".join(map(str, reversed(shape))) or ("*" if values == pa.string() else None),
        unit=unit_text(path, notes_of(field).unit, "vounit") or None,
    )
    made.description = notes_of(field).description or None
    if isinstance(nothing, int):
        made.values.null = nothing
    return made
