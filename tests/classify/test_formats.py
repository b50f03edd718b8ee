"""Catalogues in each format, with the user's columns, read back by astropy, pyarrow and STILTS."""

import csv
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from astropy.io import fits, votable
from astropy.table import MaskedColumn, Table

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify import run, working
from galaxyzoo.classify.run import Options, classify
from galaxyzoo.classify.workers import classify_chunks
from galaxyzoo.images.sources import Files
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.classify.classify_inputs import make_model
from tests.conftest import make_jpeg, make_zip
from tests.warm import run_warm

LONG = "587736915678593357"
DOTTED = "J100620.35+101629.1"
ALONE = ["#1.jpg", 'é "x", <b>.jpg']  # images without row
FORMATS = {"fits": "fits", "vot": "votable", "ecsv": "ascii.ecsv"}
SPIRAL = "t04_spiral_a08_spiral_fraction"
GALAXIES = 4
ROW = {"long": 0, "alone": 1, "dotted": 2}
"""Where some galaxies stand: the numbers first, then names"""


def user_table(path: Path) -> Path:
    table = Table(
        {
            "name": [LONG, DOTTED, "nowhere"],
            "RA": [187.25, np.nan, 3],
            "dr7objid": np.array([int(LONG), -(2**63), 2**62 + 1]),
            "seen": [True, False, True],
            "votes": MaskedColumn(np.array([44, 0, 1], np.int16), mask=[False, True, False]),
            "flux": np.array([[1, 2.5], [3, 4], [5, 6]], np.float32),
            "bands": np.arange(6, dtype=np.int32).reshape(3, 2),
            "note": ["a spiral", "", "lost"],
        }
    )
    table["RA"].unit, table["RA"].description = "deg", "right ascension <J2000>"
    table["flux"].unit = "Jy"
    table.write(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, images, a table of most of them, and a catalogue in each format."""
    folder = tmp_path_factory.mktemp("formats")
    make_model(folder / "cnn.safetensors")
    names = [f"{LONG}.jpg", f"a/{DOTTED}.jpg", *ALONE]
    make_zip(folder / "z.zip", {name: make_jpeg(n, 80, 80) for n, name in enumerate(names)})
    user_table(folder / "t.fits")
    for ending in ("csv", "parquet", *FORMATS):
        write(folder, f"c.{ending}")
    return folder


def write(folder: Path, output: str, **options: Any) -> Path:
    given = Options(columns="gz2", table=folder / "t.fits", id_column="name", workers=1)
    path = folder / output
    classify(folder / "z.zip", folder / "cnn.safetensors", path, replace(given, **options))
    return path


def read(folder: Path, ending: str) -> Table:
    return Table.read(folder / f"c.{ending}", format=FORMATS[ending])


def texts(cells: Any) -> list[str]:
    """Of a column, whose text is bytes in FITS; empty where it is masked."""
    return [
        "" if cell is np.ma.masked else cell.decode() if isinstance(cell, bytes) else str(cell)
        for cell in cells
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_users_columns_are_read_back_as_they_were(folder: Path, ending: str) -> None:
    table = read(folder, ending)
    assert len(table) == GALAXIES
    assert table["dr7objid"].dtype.kind == "i"
    assert table["dr7objid"][ROW["long"]] == int(LONG)
    assert table["dr7objid"][ROW["dotted"]] == -(2**63)
    assert (table["RA"].unit, table["flux"].unit) == ("deg", "Jy")
    assert table["RA"].description == "right ascension <J2000>"
    assert table["RA"][0] == 187.25
    assert [bool(table["seen"][ROW[own]]) for own in ("long", "dotted")] == [True, False]
    assert (table["votes"].dtype.itemsize, table["votes"][0]) == (2, 44)
    assert table["flux"][ROW["dotted"]].tolist() == [3, 4]
    assert table["bands"][ROW["long"]].tolist() == [0, 1]
    assert texts(table["name"])[ROW["dotted"]] == DOTTED
    assert texts(table["note"])[ROW["long"]] == "a spiral"


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_not_known_is_masked(folder: Path, ending: str) -> None:
    table = read(folder, ending)
    alone = ROW["alone"]
    for name in ("RA", "dr7objid", "seen", "votes", "flux", "bands"):
        assert np.all(np.ma.getmaskarray(table[name][alone])), name
        assert not np.any(np.ma.getmaskarray(table[name][ROW["long"]])), name
    assert texts(table["name"])[alone] == ""
    dotted = table[ROW["dotted"]]
    assert dotted["RA"] is np.ma.masked
    assert dotted["votes"] is np.ma.masked


@pytest.mark.parametrize("ending", FORMATS)
def test_our_columns_are_those_of_the_csv(folder: Path, ending: str) -> None:
    table = read(folder, ending)
    with (folder / "c.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [row[ID_COLUMN] for row in rows]
    assert names == [LONG, "#1.jpg", f"a/{DOTTED}.jpg", ALONE[1]]
    in_ascii = [name.replace("é", r"\xe9") for name in names]
    assert texts(table[ID_COLUMN]) == (in_ascii if ending == "fits" else names)
    assert table.colnames == list(rows[0])
    assert table[SPIRAL].dtype.itemsize == 4
    expected = np.array([row[SPIRAL] for row in rows], np.float32)
    assert np.array_equal(np.ma.filled(table[SPIRAL], -1), expected)
    said = " ".join(table[SPIRAL].description.split())
    assert said.startswith('fraction of those who are asked "Is there a spiral arm pattern?" who')


@pytest.mark.parametrize("ending", FORMATS)
def test_without_a_table_there_are_our_columns_alone(folder: Path, ending: str) -> None:
    path = write(folder, f"own.{ending}", table=None, id_column=None, columns="kaggle")
    table = Table.read(path, format=FORMATS[ending])
    assert table.colnames == [ID_COLUMN, *GZ2.columns]
    assert np.all(table["Class1.1"] > 0)


def facts(folder: Path, ending: str) -> dict[str, Any]:
    """What a catalogue says of the model, by the names that other formats have than FITS."""
    path = folder / f"c.{ending}"
    if ending == "vot":
        return {one.name: one.value for one in votable.parse(path).get_first_table().params}
    if ending == "fits":
        header = fits.getheader(path, 1)
        named = {"network": "GZNET", "tree": "GZTREE", "model_sha256": "GZSHA256"}
        others = {"views": "GZVIEWS", "crop_fraction": "GZCROP", "id_column": "GZID"}
        return {name: header[keyword] for name, keyword in (named | others).items()}
    if ending == "parquet":
        said = pa.parquet.read_schema(path).metadata.items()
        return {key.decode().removeprefix("galaxyzoo."): own.decode() for key, own in said}
    return dict(Table.read(path, format="ascii.ecsv").meta)


@pytest.mark.parametrize("ending", ["parquet", *FORMATS])
def test_it_says_which_model_it_is_of(folder: Path, ending: str) -> None:
    found = facts(folder, ending)
    assert (found["network"], found["tree"], found["id_column"]) == ("cnn", GZ2.name, "name")
    summed = subprocess.run(
        ["sha256sum", "cnn.safetensors"], cwd=folder, check=True, capture_output=True, text=True
    )
    assert found["model_sha256"] == summed.stdout.split()[0]
    assert (float(found["views"]), float(found["crop_fraction"])) == (1, 0.5)


def test_parquet_has_units_and_descriptions_and_nulls(folder: Path) -> None:
    table = pa.parquet.read_table(folder / "c.parquet")
    assert table.schema.field("RA").metadata == {
        b"unit": b"deg",
        b"description": b"right ascension <J2000>",
    }
    assert table.schema.field("dr7objid").type == pa.int64()
    assert table["dr7objid"].to_pylist() == [int(LONG), None, -(2**63), None]
    assert b'who answer "Spiral"' in table.schema.field(SPIRAL).metadata[b"description"]


@pytest.mark.parametrize("ending", ["csv", "parquet", *FORMATS])
def test_two_runs_give_the_same_bytes(folder: Path, ending: str) -> None:
    again = write(folder, f"again.{ending}")
    assert again.read_bytes() == (folder / f"c.{ending}").read_bytes()


@pytest.mark.parametrize("ending", ["csv", *FORMATS])
def test_a_table_of_any_format_gives_the_same_rows(folder: Path, ending: str) -> None:
    """A catalogue of ours is such a table, too."""
    own = Options(columns="kaggle", table=folder / f"c.{ending}", id_column="name", workers=1)
    table = folder / f"back.{ending}.parquet"
    classify(folder / "z.zip", folder / "cnn.safetensors", table, own)
    found = pa.parquet.read_table(table)
    assert found["dr7objid"].to_pylist() == [int(LONG), None, -(2**63), None]
    assert found["RA"].to_pylist() == [187.25, None, None, None]
    assert found.schema.field("RA").metadata[b"unit"] == b"deg"


def test_a_csv_keeps_the_cells_of_a_csv_as_they_are(folder: Path) -> None:
    given = folder / "t.csv"
    given.write_text(f'id,ra,"t, 2"\n{LONG},1.50,"a ""b"", c"\n0{LONG},007,\n')
    written = write(folder, "own.csv", table=given, id_column=None, columns="kaggle")
    header, first, second, *_ = written.read_text(encoding="utf-8").splitlines()
    assert header.startswith(f'{ID_COLUMN},id,ra,"t, 2",Class1.1,')
    assert first.startswith(f'{LONG},{LONG},1.50,"a ""b"", c",0.')
    assert second.startswith("#1.jpg,,,,0.")


def test_another_table_takes_up_what_an_interrupted_run_has_classified(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(run, "_write", stop)
        with pytest.raises(OSError, match="no space"):
            write(folder, "stopped.csv", table=None, id_column=None)
        assert (folder / "stopped.csv.partial").exists()
    given: list[int] = []

    def count(predictor: Predictor, files: Files, chunks: Any, workers: Any) -> Any:
        left = list(chunks)
        given.append(len(left))
        return classify_chunks(predictor, files, left, workers)

    monkeypatch.setattr(working, "classify_chunks", count)
    assert write(folder, "stopped.csv").read_bytes() == (folder / "c.csv").read_bytes()
    assert given == [0]


def test_csv_and_parquet_need_no_astropy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "astropy.table", None)
    given = folder / "given.csv"
    given.write_text(f"id,ra\n{LONG},1.5\n")
    for ending in ("csv", "parquet"):
        write(folder, f"plain.{ending}", table=given, id_column=None)
    for ending in FORMATS:
        with pytest.raises(UserError, match=r"pip install 'galaxyzoo\[astronomy\]'$"):
            write(folder, f"plain.{ending}", table=given, id_column=None)
        assert not list(folder.glob(f"plain.{ending}*"))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,größe", "FITS wants names of columns in ASCII, got größe"),
        ("id,Mag,mag", "FITS takes capitals .* so that 'Mag', 'mag' would be one"),
        ("id," + ",".join(f"c{n}" for n in range(1000)), "FITS holds at most 999 columns"),
    ],
)
def test_columns_that_fits_cannot_have_are_refused(folder: Path, header: str, message: str) -> None:
    given = folder / "odd.csv"
    given.write_text(f"{header}\n{LONG}{',1' * header.count(',')}\n", encoding="utf-8")
    with pytest.raises(UserError, match=message):
        write(folder, "odd.fits", table=given, id_column=None)
    assert not list(folder.glob("odd.fits*"))


def test_the_users_table_is_not_overwritten(folder: Path) -> None:
    before = (folder / "t.fits").read_bytes()
    (folder / "linked.fits").hardlink_to(folder / "t.fits")
    for output in ("t.fits", "linked.fits"):
        with pytest.raises(UserError, match=f"{output}: is the table; name another output"):
            write(folder, output)
    assert (folder / "t.fits").read_bytes() == before


def test_an_id_without_a_table_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="names a column of the table, and there is no table"):
        write(folder, "odd.csv", table=None)


@pytest.mark.skipif(not shutil.which("stilts"), reason="no STILTS here (Debian: stilts)")
def test_topcats_own_reader_finds_the_same_in_fits_and_votable(folder: Path) -> None:
    kept = f'keepcols "name RA dr7objid votes flux note {SPIRAL}"'
    command = ["stilts", "tcat", "in=c.fits", "in=c.vot", f"icmd={kept}", "ofmt=csv"]
    read = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    header, *rows = csv.reader(read.stdout.splitlines())
    assert len(rows) == 2 * GALAXIES
    assert rows[:GALAXIES] == rows[GALAXIES:]
    first = dict(zip(header, rows[0], strict=True))
    assert (first["dr7objid"], first["RA"], first["votes"]) == (LONG, "187.25", "44")
    assert rows[ROW["alone"]][:4] == ["", "", "", ""]


def test_the_command(folder: Path) -> None:
    options = ["--table", "t.fits", "--id", "name", "--columns", "gz2", "--catalogue"]
    given = ["z.zip", "--model", "cnn.safetensors", "--output", "command.fits", *options]
    done = run_warm(folder, "galaxyzoo", "classify", *given)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "command.fits: 4 galaxies classified, 0 files rejected\n"
    assert "t.fits: 1 row without image (nowhere), left out; 2 images without row" in done.stderr
    table = Table.read(folder / "command.fits")
    assert texts(table["spiral"])[0] in {"Spiral", "No spiral", ""}
    assert (table["description"].dtype.kind, SPIRAL in table.colnames) == ("S", True)
