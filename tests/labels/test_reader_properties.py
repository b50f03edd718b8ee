"""Whatever a file of labels holds, it is a table or one message; a table reads back as written."""

import csv
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import ID_COLUMN
from tests.small_tree import SMALL

COLUMNS = list(SMALL.columns)
HEADER = ",".join([ID_COLUMN, *COLUMNS])
PIECES = [HEADER, "1,0,0,0,0,0,0,0", "0.5", "\n", "\r", ",", ";", '"', "1e400", "\0", "\ufeff", "é"]
MOST_LINES = 12

a_text = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
below_header = a_text.map(lambda text: f"{HEADER}\n{text}")
anything = st.binary(max_size=200) | (a_text | below_header).map(str.encode)
fractions = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.25])
tables = st.lists(
    st.text("0123456789", min_size=1, max_size=22), min_size=1, max_size=6, unique=True
).flatmap(
    lambda ids: arrays(np.float64, (len(ids), len(COLUMNS)), elements=fractions).map(
        lambda values: pd.DataFrame(values, pd.Index(ids, name=ID_COLUMN), COLUMNS)
    )
)


def read(content: bytes) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        path.write_bytes(content)
        return read_labels(path, SMALL)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | a_text.map(str.encode)
    | a_text.map(lambda t: f"{HEADER}\n{t}".encode())
)
@example(f"{HEADER}\n1,0,0,0,0,0,0,0\n".encode("utf-16"))
@example(f'{HEADER}\n1,0,0,0,0,0,0,"'.encode())
@example(f'{HEADER},"'.encode())
@example(f'{HEADER}\n""'.encode())
@example(b'"')
@example(b"PK\x03\x04")
@example(b"\x1f\x8b\x08")
def test_any_bytes_are_a_table_or_one_message(content: bytes) -> None:
    try:
        table = read(content)
    except LabelsError as error:
        lines = str(error).splitlines()
        assert len(lines) <= MOST_LINES
        assert all(line.isprintable() for line in lines)
        return
    assert table.columns.tolist() == COLUMNS
    assert ((table >= 0) & (table <= 1)).all(axis=None)
    assert len(table) >= 1
    assert table.index.is_unique
    assert all(own.isdigit() for own in table.index)


@st.composite
def files(draw: st.DrawFn) -> tuple[pd.DataFrame, bytes]:
    """A table, and what a file of some dialect holds that has it."""
    table = draw(tables)
    order = draw(st.permutations([ID_COLUMN, *COLUMNS, "note"]))
    text: str = (
        table.reset_index()
        .assign(note="a, b; c")[order]
        .to_csv(
            None,
            sep=draw(st.sampled_from(",;\t")),
            lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
            quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
            index=False,
        )
    )
    return table, text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig"])))


@settings(max_examples=100, deadline=None)
@given(files())
def test_a_table_reads_back_in_any_dialect(file: tuple[pd.DataFrame, bytes]) -> None:
    table, content = file
    back = read(content)
    assert set(back.index) == set(table.index)
    np.testing.assert_allclose(back.loc[table.index], table, rtol=1e-14, atol=1e-300)
