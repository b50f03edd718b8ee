"""What a catalogue asks for: its columns found, values in range, ids that can name files."""

import logging
from pathlib import Path

import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.cutouts.positions import Cutout, Cutouts, PositionColumns, read_cutouts

HEADER = "GalaxyID,ra,dec,petroR90_r"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows, ""]))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.csv"


def test_other_columns_can_be_named(path: Path) -> None:
    header = "RAJ2000,DEJ2000,r90,name,dr7objid"
    write(path, "1.25,-2,4,NGC 1,587722981742084144", header=header)
    columns = PositionColumns(ra="RAJ2000", dec="dej2000", radius="r90")
    assert read_cutouts(path, columns).wanted == [
        Cutout("587722981742084144", "1.2500000", "-2.0000000", "0.080000")
    ]
    named = PositionColumns(ra="RAJ2000", dec="DEJ2000", radius="r90", id="name")
    (target,) = read_cutouts(path, named).wanted
    assert target.file == "NGC 1.jpg"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "GalaxyID,dec,petroR90_r",
            "lacks the column 'ra'; its columns: GalaxyID, dec, petroR90_r.",
        ),
        ("GalaxyID,ra,petroR90_r", "lacks the column 'dec'"),
        ("GalaxyID,ra,dec", "lacks the column 'petroR90_r'.* Galaxy Zoo 2 in its table gz2sample"),
        ("objects,ra,dec,petroR90_r", "--id names another, where it is none of GalaxyID, dr7objid"),
    ],
)
def test_a_column_that_is_missing_is_told(path: Path, header: str, message: str) -> None:
    write(path, "1,2,3,4"[: 2 * header.count(",") + 1], header=header)
    with pytest.raises(UserError, match=message):
        read_cutouts(path, PositionColumns())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("8,360.5,0,5", r"row 2 \(8\): ra: must be from 0 to 360 degrees, got 360.5$"),
        ("8,-1,0,5", "ra: must be from 0 to 360 degrees, got -1.0$"),
        ("8,12:30:00,0,5", "row 2: ra: must be a number, got '12:30:00'"),
        ("8,0,-91,5", "dec: must be from -90 to 90 degrees, got -91.0"),
        ("8,0,0,0", "petroR90_r: must be from 0.75 to 3000 arcsec, got 0.0"),
        ("8,0,0,inf", "petroR90_r: must be from 0.75 to 3000 arcsec, got inf"),
        (",0,0,5", "row 2: GalaxyID: '' is empty, and can't name a file"),
        ("../x,0,0,5", "'../x' begins with a point"),
        ("a/b,0,0,5", "'a/b' holds a slash"),
        ("a\\b,0,0,5", "holds a slash"),
        (f"{'x' * 201},0,0,5", "has more than 200 bytes"),
        ("A,0,0,5", "row 2: GalaxyID: 'A' is that of row 1, too"),
    ],
)
def test_what_is_certainly_wrong_stops_it(path: Path, row: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_cutouts(write(path, "a,0,0,5", row), PositionColumns())


def test_rows_that_share_a_fault_are_counted(path: Path) -> None:
    with pytest.raises(UserError, match=r"row 1 \(0\): dec: .* got 187.0 \(and 2 rows more\)$"):
        read_cutouts(write(path, "0,2,187,5", "1,2,187,5", "2,2,187,5"), PositionColumns())


def test_an_empty_catalogue_is_told(path: Path) -> None:
    with pytest.raises(UserError, match="holds no galaxies"):
        read_cutouts(write(path), PositionColumns())


def test_galaxies_without_a_value_are_told_apart(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, "1,0,0,5", "2,,0,5", "3,0,nan,5", "4,0,0,-9999", "5,0,0,")
    assert read_cutouts(path, PositionColumns()) == Cutouts(
        [Cutout("1", "0.0000000", "0.0000000", "0.100000")],
        {
            "2": "its ra isn't known",
            "3": "its dec isn't known",
            "4": "its petroR90_r isn't known",
            "5": "its petroR90_r isn't known",
        },
    )
    (line,) = caplog.messages
    assert line.endswith("4 galaxies can't be asked for, such as 2: its ra isn't known, 3: its dec "
                         "isn't known, 4: its petroR90_r isn't known and 1 more")  # fmt: skip


def test_odd_radii_are_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    write(path, "1,0,0,2.5", "2,0,0,3", "3,0,0,120", "4,0,0,121")
    assert len(read_cutouts(path, PositionColumns()).wanted) == 4
    assert [line.partition("petroR90_r of ")[2] for line in caplog.messages] == [
        "1 galaxy is below 3 arcsec, which Galaxy Zoo 2 left out: 1 (2.5)",
        "1 galaxy is above 120 arcsec; is that its unit?: 4 (121)",
    ]
