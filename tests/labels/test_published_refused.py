"""The open data as input: what of its tables and its mapping is refused, and how it is named."""

import sys
from pathlib import Path

import numpy as np
import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.reading import read_votes
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import GZ2
from tests.labels.conftest import COUNT, NAMES, Inputs, set_cell
from tests.labels.gz2 import write_table


def cut(path: Path, by: int) -> None:
    path.write_bytes(path.read_bytes()[:-by])


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
