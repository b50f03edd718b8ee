"""Tables as users have them: each format gives the same cells, and what is wrong is named."""

import gzip
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from astropy.table import Table

from galaxyzoo.base.errors import UserError
from galaxyzoo.tables.opening import open_table
from tests.conftest import make_zip

IDS = ["587722981742084144", "587722981741363294", "587722981736120347"]
RADII = [5.25, np.nan, 12.5]
LINES = [f"{one},{radius},NGC 1" for one, radius in zip(IDS, ["5.25", "", "12.5"], strict=True)]
CSV = "\n".join(["objID,PETROR90_R,note", *LINES, ""])


def by_astropy(kind: str) -> bytes:
    table = Table({"objID": np.array(IDS, np.int64), "PETROR90_R": RADII, "note": ["NGC 1"] * 3})
    file = StringIO() if kind == "ascii.ecsv" else BytesIO()
    table.write(file, format=kind)
    content = file.getvalue()
    return content.encode() if isinstance(content, str) else content


def parquet() -> bytes:
    file = BytesIO()
    columns = {
        "objID": [int(one) for one in IDS],
        "PETROR90_R": [5.25, None, 12.5],
        "note": ["NGC 1"] * 3,
    }
    pa.parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def in_a_zip() -> bytes:
    file = BytesIO()
    make_zip(file, {"folder/c.csv": CSV.encode()})  # type: ignore[arg-type]
    return file.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "CSV": CSV.encode,
    "of Windows": lambda: b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode(),
    "with tabs": lambda: CSV.replace(",", "\t").encode(),
    "of SkyServer": lambda: b"#Table1\n" + CSV.encode(),
    "gzipped": lambda: gzip.compress(CSV.encode()),
    "zipped": in_a_zip,
    "Parquet": parquet,
    "FITS": lambda: by_astropy("fits"),
    "gzipped FITS": lambda: gzip.compress(by_astropy("fits")),
    "VOTable": lambda: by_astropy("votable"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_cells(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "catalogue"
    path.write_bytes(FORMATS[kind]())
    table = open_table(path)
    assert table.find(["id", "objid"]) == "objID"
    assert table.find(["petroR90_r"]) == "PETROR90_R"
    assert table.find(["ra"]) is None
    assert table.texts("objID") == IDS
    assert table.texts("note") == ["NGC 1"] * 3
    np.testing.assert_array_equal(table.numbers("PETROR90_R"), RADII)


ELSEWHERE = re.sub(
    rb"<TABLEDATA>.*</TABLEDATA>",
    b"<BINARY><STREAM href='http://localhost/t.bin'/></BINARY>",
    by_astropy("votable"),
    flags=re.DOTALL,
)
REFUSED: dict[str, tuple[str, bytes]] = {
    "a web page": ("is a web page, and no table", b"<!DOCTYPE html><html>"),
    "short row": ("does not read as a CSV: Expected 3 columns, got 2: 1,2", b"id,r,s\n1,2\n"),
    "long row": ("does not read as a CSV: Expected 1 columns, got 2: 1,2", b"id\n1,2\n"),
    "empty": ("is empty, 0 bytes", b""),
    "no such column": ("lacks the column 'id'; its columns: a, b", b"a,b\n1,2\n"),
    "other encoding": ("isn't text in UTF-8", "id,\xe9\n1,2\n".encode("latin-1")),
    "cut Parquet": ("does not read as Parquet", b"PAR1" + bytes(50)),
    "cut FITS": ("does not read as FITS", by_astropy("fits")[:-2880]),
    "FITS cut before its table": ("holds no table, or is cut", by_astropy("fits")[:3000]),
    "cut VOTable": ("does not read as VOTABLE", by_astropy("votable")[:500]),
    "VOTable without its end": ("does not read as VOTABLE", by_astropy("votable")[:-30]),
    "VOTable of another file": ("is a VOTable whose data are another file", ELSEWHERE),
    "cut ECSV": ("does not read as ECSV", by_astropy("ascii.ecsv")[:100]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_told_in_a_line(tmp_path: Path, kind: str) -> None:
    message, content = REFUSED[kind]
    path = tmp_path / "c"
    path.write_bytes(content)
    with pytest.raises(UserError) as told:
        open_table(path).texts("id")
    assert str(told.value).startswith(f"{path}: {message}")
    assert "\n" not in str(told.value)


def test_columns_that_could_be_meant_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("RA,Ra,dec,dec\n1,2,3,4\n")
    table = open_table(path)
    assert table.find(["Ra"]) == "Ra"
    for name in ("ra", "dec"):
        with pytest.raises(UserError, match=f"has 2 columns called '{name}'"):
            table.find([name])


def test_ids_are_never_numbers_with_a_point(tmp_path: Path) -> None:
    pa.parquet.write_table(pa.table({"id": [5.87722981742084144e17]}), tmp_path / "c.parquet")
    with pytest.raises(UserError, match="'id' holds numbers with a point, which lose digits"):
        open_table(tmp_path / "c.parquet").texts("id")


def test_a_cell_that_is_no_number_is_named_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,r\n1,NaN\n2,12:30:00\n")
    with pytest.raises(UserError, match=r"row 2: r: must be a number, got '12:30:00'"):
        open_table(path).numbers("r")
