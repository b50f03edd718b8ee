"""Tables with all their columns, and what their files say of these."""

from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import QTable, Table
from astropy.time import Time
from astropy.units import mag

from galaxyzoo.base.errors import UserError
from galaxyzoo.tables.opening import open_table
from galaxyzoo.tables.user_tables import Notes, UserTable, notes_of


def opened(folder: Path, content: bytes) -> UserTable:
    path = folder / "t"
    path.write_bytes(content)
    return open_table(path)


def test_fits_of_other_programs_has_descriptions_in_its_header(tmp_path: Path) -> None:
    """As TOPCAT writes them; its text is filled up with spaces."""
    columns = [
        fits.Column("RA", "D", array=[1.5, np.nan], unit="deg"),
        fits.Column("flux", "2E", array=[[1, 2], [3, 4]], unit="nanomaggies"),
        fits.Column("name", "8A", array=np.array(["NGC 1   ", ""])),
        fits.Column("odd", "K", array=[2**62 + 1, -7], null=-7),
    ]
    table = fits.BinTableHDU.from_columns(columns)
    table.header["TCOMM1"] = "right ascension"
    file = BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(file)
    whole = opened(tmp_path, file.getvalue()).whole()
    assert notes_of(whole.schema.field("RA")) == Notes("deg", "right ascension")
    assert notes_of(whole.schema.field("flux")) == Notes("nanomaggies", "")
    assert whole.to_pydict() == {
        "RA": [1.5, None],
        "flux": [[1, 2], [3, 4]],
        "name": ["NGC 1", None],
        "odd": [2**62 + 1, None],
    }


def test_the_first_of_several_tables_is_read_which_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tables = [fits.BinTableHDU(Table({name: [1]})) for name in ("first", "second")]
    file = BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(file)
    assert opened(tmp_path, file.getvalue()).whole().column_names == ["first"]
    assert caplog.messages == [f"{tmp_path / 't'}: holds several tables; the first of them is read"]


def test_of_a_votable_the_same_holds_and_columns_have_their_names_and_not_their_ids(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As IRSA writes them."""
    table = """<TABLE><FIELD ID="col_0" name="{}" datatype="long" unit="deg"/>
        <DATA><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></DATA></TABLE>"""
    tables = table.format("first") + table.replace("col_0", "col_1").format("second")
    content = f'<VOTABLE version="1.3"><RESOURCE>{tables}</RESOURCE></VOTABLE>'
    whole = opened(tmp_path, content.encode()).whole()
    assert whole.to_pydict() == {"first": [1]}
    assert notes_of(whole.schema.field("first")).unit == "deg"
    assert caplog.messages == [f"{tmp_path / 't'}: holds several tables; the first of them is read"]


def test_positions_times_and_quantities_become_plain_columns(tmp_path: Path) -> None:
    table = QTable({"m": [17.5] * mag, "when": Time(["2020-01-02"])})
    table["where"] = SkyCoord([10.0], [-5.0], unit="deg")
    file = StringIO()
    table.write(file, format="ascii.ecsv")
    whole = opened(tmp_path, file.getvalue().encode()).whole()
    assert whole.to_pydict() == {
        "m": [17.5],
        "when": ["2020-01-02 00:00:00.000"],
        "where.ra": [10.0],
        "where.dec": [-5.0],
    }
    assert [notes_of(field).unit for field in whole.schema] == ["mag", "", "deg", "deg"]


def test_a_csv_is_text_and_its_nameless_column_is_called_by_its_place(tmp_path: Path) -> None:
    """As pandas writes its index."""
    whole = opened(tmp_path, b',id\n0,007\n1,"a,\nb"\n').whole()
    assert whole.to_pydict() == {"column_1": ["0", "1"], "id": ["007", "a,\nb"]}


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="t: has the column ra more than once"):
        opened(tmp_path, b"ra,id,ra\n1,2,3\n").whole()


def test_what_is_neither_numbers_nor_text_is_refused_by_name(tmp_path: Path) -> None:
    file = BytesIO()
    Table({"id": [1], "z": [1 + 2j]}).write(file, format="fits")
    with pytest.raises(UserError, match="t: the column 'z' is of the type complex128, which"):
        opened(tmp_path, file.getvalue()).whole()


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"id": ["1"], "when": pa.array([1], pa.timestamp("ms")), "r": [np.float32(1)]})
    pa.parquet.write_table(table, tmp_path / "t.parquet")
    assert open_table(tmp_path / "t.parquet").whole().equals(table)
