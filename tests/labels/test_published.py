"""The open data as input: its tables read, and joined with the names of the images."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.images.by_id import open_images
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.products import multiply_down
from galaxyzoo.labels.reading import Labels, read_votes
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import GZ2, ID_COLUMN, LabelColumn
from tests.conftest import COLUMNS, make_ids, make_labels, make_zip
from tests.labels.gz2 import both, make_mapping, make_shares, make_table, objids, write_table

COUNT = 6
SHARES = make_shares(COUNT)
NAMES = objids(COUNT)
FORMATS = ["csv", "csv.gz", "tsv", "fits", "fits.gz", "vot", "vot.gz", "binary.vot"]


@dataclass
class Inputs:
    """A table of six galaxies whose images are 1 to 6, and its mapping; and how to read them."""

    folder: Path
    table: pd.DataFrame = field(default_factory=lambda: make_table({"debiased": SHARES}))
    mapping: pd.DataFrame = field(default_factory=lambda: make_mapping(NAMES))
    images: Ids = field(default_factory=lambda: make_ids(range(1, COUNT + 1)))
    name: str = "gz2_hart16.csv"

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def read(self, column: LabelColumn = "debiased") -> Labels:
        write_table(self.path, self.table)
        return self.read_written(column)

    def read_written(self, column: LabelColumn = "debiased") -> Labels:
        self.mapping.to_csv(self.folder / "mapping.csv", index=False)
        return read_votes(self.path, self.folder / "mapping.csv", column, GZ2, self.images)

    def refusal(self) -> str:
        with pytest.raises(LabelsError) as error:
            self.read()
        return str(error.value)


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path)


def fractions(labels: Labels) -> NDArray[np.float64]:
    return labels.votes.array


def pairs(labels: Labels) -> dict[str, str]:
    """Which image is which galaxy."""
    assert labels.votes.objids is not None
    own = zip(labels.votes.fractions.index, labels.votes.objids.tolist(), strict=True)
    return dict(own)


def cut(path: Path, by: int) -> None:
    path.write_bytes(path.read_bytes()[:-by])


def set_cell(table: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    cells = table[column].to_list()
    cells[row] = value
    return table.assign(**{column: cells})


def test_galaxies_are_named_by_their_images_and_votes_are_products(inputs: Inputs) -> None:
    inputs.mapping["asset_id"] = ["10", "9", "300", "4", "55", "6"]
    labels = inputs.read()
    in_order = [3, 5, 1, 0, 4, 2]
    assert labels.votes.fractions.index.tolist() == ["4", "6", "9", "10", "55", "300"]
    assert labels.votes.fractions.columns.tolist() == list(COLUMNS)
    assert list(pairs(labels).values()) == [NAMES[row] for row in in_order]
    np.testing.assert_allclose(fractions(labels), multiply_down(GZ2, SHARES)[in_order])
    facts = labels.facts
    assert (facts.table, facts.column, facts.rows) == (
        "Galaxy Zoo 2, Hart et al. 2016",
        "debiased",
        COUNT,
    )
    assert facts.dropped == {}


def test_each_column_can_be_the_label(inputs: Inputs) -> None:
    shares = both(SHARES)
    shares["fraction"] = make_shares(COUNT, seed=5)
    shares["weighted_fraction"] = make_shares(COUNT, seed=6)
    inputs.table = make_table(shares)
    for column, own in shares.items():
        labels = inputs.read(column)
        assert labels.facts.column == column
        np.testing.assert_allclose(fractions(labels), multiply_down(GZ2, own), atol=1e-5)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same(inputs: Inputs, ending: str) -> None:
    inputs.table = make_table({"fraction": SHARES / 2, "debiased": SHARES})
    inputs.table["dr7objid"] = inputs.table.pop("dr7objid")  # it stands last
    expected = inputs.read()
    inputs.name = f"table.{ending}"
    labels = inputs.read()
    assert np.array_equal(fractions(labels), fractions(expected))
    assert pairs(labels) == pairs(expected)
    assert labels.facts == expected.facts


@pytest.mark.parametrize("ending", ["csv", "fits", "vot", "binary.vot"])
def test_what_is_not_known_is_so_in_every_format(inputs: Inputs, ending: str) -> None:
    shares = SHARES.copy()
    shares[2, COLUMNS.index("Class4.2")] = np.nan
    inputs.table = make_table({"debiased": shares})
    inputs.name = f"table.{ending}"
    assert np.isnan(fractions(inputs.read())).sum(axis=1).tolist() == [0, 0, 11, 0, 0, 0]


@pytest.mark.parametrize("text", ["", "NaN", "nan", "null", "NULL", " nan"])
def test_no_number_is_told_in_many_ways(inputs: Inputs, text: str) -> None:
    inputs.table = set_cell(inputs.table, 2, "t04_spiral_a09_no_spiral_debiased", text)
    assert np.isnan(fractions(inputs.read())).sum() == 11


def test_a_published_table_of_willett_is_told_from_that_of_hart(inputs: Inputs) -> None:
    inputs.table.insert(0, "dr8objid", "1237645879551066262")
    assert inputs.read().facts.table == "Galaxy Zoo 2, Willett et al. 2013"


def test_only_the_columns_that_are_needed_are_kept(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs.table = make_table(both(SHARES))
    inputs.table["t01_smooth_or_features_a01_smooth_flag"] = "of no concern"
    read: list[int] = []
    real: Callable[..., pd.DataFrame] = pd.read_csv

    def spy(*args: object, **options: object) -> pd.DataFrame:
        table = real(*args, **options)
        read.append(len(table.columns))
        return table

    monkeypatch.setattr(pd, "read_csv", spy)
    inputs.read("weighted_fraction")
    assert read == [1 + len(COLUMNS), 3]


def test_of_several_images_of_a_galaxy_one_that_is_there_is_taken(inputs: Inputs) -> None:
    rows = [
        (NAMES[0], "stripe82_coadd_1", "11"),
        (NAMES[0], "stripe82", "12"),
        (NAMES[1], "stripe82_coadd_2", "21"),
        (NAMES[1], "extra", "22"),
        (NAMES[1], "original", "23"),
        (NAMES[2], "stripe82_coadd_2", "31"),
        (NAMES[2], "original", "32"),
        (NAMES[3], "stripe82_coadd_2", "41"),
        (NAMES[3], "stripe82_coadd_1", "42"),
        (NAMES[4], "original", "51"),
        (NAMES[4], "extra", "52"),
    ]
    inputs.mapping = pd.DataFrame(rows, columns=["objid", "sample", "asset_id"])
    inputs.images = id_array(["11", "12", "21", "22", "23", "31", "41", "42"])
    labels = inputs.read()
    found = {objid: name for name, objid in pairs(labels).items()}
    assert found == dict(zip(NAMES, ["12", "23", "31", "42", "51"], strict=False))
    assert labels.facts.dropped == {"not in the mapping": 1}


def test_what_is_left_out_is_told_and_counted(
    inputs: Inputs, caplog: pytest.LogCaptureFixture
) -> None:
    shares = SHARES.copy()
    shares[1, :3] = 0
    shares[1, GZ2.span(GZ2.question("odd"))] = np.nan
    table = make_table({"debiased": shares})
    inputs.table = pd.concat([table, table.iloc[[0, 3, 3]].assign(gz2_class="again")])
    inputs.mapping = inputs.mapping.drop(index=[4, 5])
    labels = inputs.read()
    assert labels.facts.rows == COUNT + 3
    assert labels.facts.dropped == {"repeated": 3, "not in the mapping": 2, "no votes known": 1}
    assert list(pairs(labels)) == ["1", "3", "4"]
    assert f"3 rows are left out (repeated): {NAMES[0]}, {NAMES[3]}, {NAMES[3]}" in caplog.text
    assert f"2 rows are left out (not in the mapping): {NAMES[4]}, {NAMES[5]}" in caplog.text
    assert f"1 row is left out (no votes known): {NAMES[1]}" in caplog.text


def test_the_first_of_repeated_rows_is_taken(inputs: Inputs) -> None:
    other = make_table({"debiased": make_shares(COUNT, seed=9)})
    expected = inputs.read()
    inputs.table = pd.concat([inputs.table, other])
    assert np.array_equal(fractions(inputs.read()), fractions(expected))


def test_galaxies_without_an_image_are_matched_later(inputs: Inputs) -> None:
    inputs.images = inputs.images[:2]
    labels = inputs.read()
    assert len(labels.votes.fractions) == COUNT
    facts = labels.facts_of(labels.votes.of(inputs.images), without_image=4)
    assert facts.dropped == {"no image": 4}


def test_a_table_of_the_competition_needs_no_mapping_and_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    make_labels(range(20)).to_csv(path, index=False)
    labels = read_votes(path, tmp_path / "none.csv", "weighted_fraction", GZ2, make_ids([]))
    pd.testing.assert_frame_equal(labels.votes.fractions, read_labels(path, GZ2))
    assert (labels.votes.objids, labels.images) == (None, None)
    assert (labels.facts.column, labels.facts.rows) == ("kaggle", 20)


@pytest.mark.parametrize("header", ["GalaxyID,Class1.1\n1,1\n", "dr7objid,ra\n1,1\n"])
def test_what_is_neither_is_refused_as_ever(inputs: Inputs, header: str) -> None:
    inputs.path.write_text(header)
    with pytest.raises(LabelsError, match=r"lacks the column .*Class1\.") as error:
        inputs.read_written()
    with pytest.raises(LabelsError) as before:
        read_labels(inputs.path, GZ2)
    assert str(error.value) == str(before.value)


@pytest.mark.parametrize("ending", ["csv.gz", "fits", "fits.gz", "vot", "vot.gz", "binary.vot"])
def test_a_table_that_is_cut_short_is_named(inputs: Inputs, ending: str) -> None:
    inputs.name = f"table.{ending}"
    whole = write_table(inputs.path, inputs.table).read_bytes()
    for kept in (len(whole) // 2, len(whole) - 3):
        inputs.path.write_bytes(whole[:kept])
        with pytest.raises(LabelsError, match=rf"table\.{ending}: .*cut short.*again") as error:
            inputs.read_written()
        assert "\n" not in str(error.value)


def test_a_csv_that_is_cut_short_is_named_by_its_last_line(inputs: Inputs) -> None:
    inputs.table["extra"] = "end"
    write_table(inputs.path, inputs.table)
    cut(inputs.path, 20)
    with pytest.raises(LabelsError, match=r"gz2_hart16\.csv: line 7: has \d+ cells, where the"):
        inputs.read_written()


def test_a_line_that_is_too_long_is_named(inputs: Inputs) -> None:
    write_table(inputs.path, inputs.table)
    lines = inputs.path.read_text().split("\n")
    lines[3] += ",0.5"
    inputs.path.write_text("\n".join(lines))
    with pytest.raises(LabelsError, match="line 4: has 40 cells, where the header has 39"):
        inputs.read_written()


def test_a_quoted_table_is_read(inputs: Inputs) -> None:
    expected = inputs.read()
    inputs.table.to_csv(inputs.path, index=False, quoting=1)
    assert np.array_equal(fractions(inputs.read_written()), fractions(expected))


@pytest.mark.parametrize("value", [-0.1, 1.5, "spiral", "inf"])
def test_a_share_that_is_none_is_named(inputs: Inputs, value: object) -> None:
    inputs.table = set_cell(inputs.table, 2, "t02_edgeon_a04_yes_debiased", value)
    said = inputs.refusal()
    assert "gz2_hart16.csv: 1 value is not a number from 0 to 1:" in said
    assert "line 4, t02_edgeon_a04_yes_debiased: " in said
    assert str(value) in said


def test_of_a_fits_table_the_row_is_named(inputs: Inputs) -> None:
    inputs.table.loc[2, "t02_edgeon_a04_yes_debiased"] = 2.0
    inputs.name = "table.fits"
    assert "row 3, t02_edgeon_a04_yes_debiased: 2.0" in inputs.refusal()


def test_ids_that_went_through_a_float_are_refused(inputs: Inputs) -> None:
    inputs.table["dr7objid"] = [f"{float(own):.0f}.0" for own in NAMES]
    said = inputs.refusal()
    assert "line 2: dr7objid must be digits, at most 100, got '5877229817361203" in said
    assert "it went through a float" in said


def test_ids_that_are_floats_in_a_fits_table_are_refused(inputs: Inputs) -> None:
    from astropy.table import Table  # noqa: PLC0415

    numbers = inputs.table.drop(columns="gz2_class").astype(float)
    inputs.name = "table.fits"
    Table({str(name): own.to_numpy() for name, own in numbers.items()}).write(inputs.path)
    with pytest.raises(LabelsError, match=r"table\.fits: dr7objid is a column of floats"):
        inputs.read_written()


def test_a_column_that_is_not_there_is_named_with_what_asks_for_it(inputs: Inputs) -> None:
    write_table(inputs.path, inputs.table)
    with pytest.raises(LabelsError, match=r"lacks the column t01_.*_a01_smooth_fraction.* 34 more"):
        inputs.read_written("fraction")


def test_a_table_without_galaxies_is_refused(inputs: Inputs) -> None:
    inputs.table = inputs.table[:0]
    assert "holds no galaxies" in inputs.refusal()


def test_without_a_mapping_one_line_says_what_is_missing(inputs: Inputs) -> None:
    inputs.mapping = inputs.mapping[:0]
    said = inputs.refusal()
    assert "mapping.csv: names no images" in said
    assert "give gz2_filename_mapping.csv" in said
    assert "data.mapping" in said
    assert "\n" not in said


def test_a_mapping_that_is_not_there_is_named(inputs: Inputs) -> None:
    write_table(inputs.path, inputs.table)
    with pytest.raises(LabelsError, match=r"none\.csv: no such file \(params\.yaml: data\.mapping"):
        read_votes(inputs.path, Path("none.csv"), "debiased", GZ2, inputs.images)


def test_a_mapping_of_other_galaxies_is_refused(inputs: Inputs) -> None:
    inputs.mapping["objid"] = [str(100 + place) for place in range(COUNT)]
    assert "has none of the 6 galaxies" in inputs.refusal()


@pytest.mark.parametrize(("column", "value"), [("objid", "5.87e17"), ("asset_id", "1.0")])
def test_an_id_of_the_mapping_that_is_none_is_named(
    inputs: Inputs, column: str, value: str
) -> None:
    inputs.mapping.loc[2, column] = value
    assert f"mapping.csv: line 4: {column} must be digits" in inputs.refusal()


def test_two_galaxies_of_one_image_are_refused(inputs: Inputs) -> None:
    inputs.mapping.loc[3, "asset_id"] = "1"
    assert f"mapping.csv: asset_id 1 is of {NAMES[0]}, {NAMES[3]}" in inputs.refusal()


@pytest.mark.parametrize("ending", ["fits", "vot"])
def test_without_astropy_it_is_said_what_to_install(
    inputs: Inputs, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs.name = f"table.{ending}"
    write_table(inputs.path, inputs.table)
    monkeypatch.setitem(sys.modules, "astropy.io.fits", None)
    with pytest.raises(UserError, match=r"astropy, which is missing here: pip install"):
        inputs.read_written()


def test_a_fits_picture_is_no_table(inputs: Inputs) -> None:
    from astropy.io import fits  # noqa: PLC0415

    inputs.name = "picture.fits"
    fits.PrimaryHDU(np.zeros((20, 20))).writeto(inputs.path)
    with pytest.raises(LabelsError, match=r"picture\.fits: holds no table, or is cut short"):
        inputs.read_written()


def test_a_fits_table_of_something_else_is_refused(inputs: Inputs) -> None:
    inputs.table = inputs.table[["dr7objid"]]
    inputs.name = "other.fits"
    assert "other.fits: has no columns of Galaxy Zoo 2" in inputs.refusal()


def test_a_votable_whose_data_are_elsewhere_is_not_fetched(inputs: Inputs) -> None:
    inputs.name = "table.binary.vot"
    write_table(inputs.path, inputs.table)
    text = inputs.path.read_text().replace("<STREAM ", '<STREAM href="http://localhost/t.bin" ')
    inputs.path.write_text(text)
    with pytest.raises(LabelsError, match="is a VOTable whose data are another file"):
        inputs.read_written()


def test_the_zip_is_read_in_place_below_an_outer_folder_and_without_junk(tmp_path: Path) -> None:
    for outer in ("", "images_gz2/"):
        members = {f"{outer}images/{number}.jpg": b"an image" for number in (100303, 7)}
        of_macos = (f"__MACOSX/{outer}images/._7.jpg", f"{outer}images/._7.jpg", ".DS_Store")
        junk = dict.fromkeys(of_macos, b"")
        found = open_images(make_zip(tmp_path / "images_gz2.zip", members | junk))
        assert list(found.names) == ["7", "100303"]
        assert (found.bad, found.unnamed, sum(found.others.values())) == ((), (), 0)


def test_the_real_excerpt(open_data: Path) -> None:
    images = id_array(open_images(open_data / "images_gz2.zip").names)
    columns: list[tuple[LabelColumn, int]] = [("debiased", 54), ("weighted_fraction", 44)]
    for column, unknown in columns:
        labels = read_votes(
            open_data / "gz2_hart16.csv",
            open_data / "gz2_filename_mapping.csv",
            column,
            GZ2,
            images,
        )
        assert labels.votes.fractions.index.tolist() == images.tolist()
        facts = labels.facts_of(labels.votes, 0)
        assert (facts.rows, facts.dropped) == (700, {})
        assert sum(facts.masked.values()) == unknown
        assert np.nanmax(GZ2.violations(fractions(labels))) < 1e-12
    assert labels.votes.objids is not None
    assert pairs(labels)["100303"] == "587736915678593357"
    own = labels.votes.fractions.loc["100303"]
    assert own["Class1.1"] == pytest.approx(0.906, abs=1e-6)
    assert own["Class4.1"] == pytest.approx(0.094 * 0.2, abs=1e-6)
    assert own["Class11.6"] == pytest.approx(0.094 * 0.2, abs=1e-6)
    assert own.name == "100303"
    assert labels.votes.fractions.index.name == ID_COLUMN
