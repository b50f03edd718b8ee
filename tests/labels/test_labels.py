import zipfile
from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.base.ids import id_array
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import read_labels, read_predictions
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import COLUMNS, make_labels


@pytest.fixture
def table() -> pd.DataFrame:
    return make_labels([30, 10, 20]).astype(object)


def write(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "labels.csv"
    table.to_csv(path, index=False)
    return path


def test_gives_a_sorted_table_of_fractions(tmp_path: Path, table: pd.DataFrame) -> None:
    labels = read_labels(write(tmp_path, table[[*reversed(COLUMNS), ID_COLUMN]]), GZ2)
    assert labels.index.tolist() == ["10", "20", "30"]
    assert tuple(labels.columns) == COLUMNS
    assert labels.loc["30", "Class1.1"] == pytest.approx(table.loc[0, "Class1.1"])


def test_reads_the_real_file_and_a_zip_of_it(real_data: Path, tmp_path: Path) -> None:
    plain = real_data / "training_solutions_rev1.csv"
    labels = read_labels(plain, GZ2)
    assert labels.shape == (3265, 37)
    assert labels.loc["817739", "Class11.6"] == 0.398944979
    with zipfile.ZipFile(tmp_path / "labels.zip", "w") as archive:
        archive.write(plain, "training_solutions_rev1.csv")
        archive.writestr("__MACOSX/._training_solutions_rev1.csv", "")
    assert read_labels(tmp_path / "labels.zip", GZ2).equals(labels)


@pytest.mark.parametrize("bad", [-0.1, 1.5, 1.00001, "many", "", "nan", "inf", "True", "0,5", "NA"])
def test_refuses_a_value_that_is_no_fraction(
    tmp_path: Path, table: pd.DataFrame, bad: str | float
) -> None:
    table.loc[1, "Class4.2"] = bad
    with pytest.raises(LabelsError) as error:
        read_labels(write(tmp_path, table), GZ2)
    message = str(error.value)
    assert "labels.csv: 1 value is not a number from 0 to 1" in message
    assert "GalaxyID 10, Class4.2: " in message


def test_lists_bad_values_but_not_without_end(tmp_path: Path, table: pd.DataFrame) -> None:
    table[list(COLUMNS)] = 2
    with pytest.raises(LabelsError, match="111 values") as error:
        read_labels(write(tmp_path, table), GZ2)
    assert str(error.value).endswith("and 101 more")


def test_numbers_are_told_plainly(tmp_path: Path, table: pd.DataFrame) -> None:
    table.loc[1, "Class4.2"] = 1.5
    with pytest.raises(LabelsError, match=r"GalaxyID 10, Class4\.2: 1\.5$"):
        read_labels(write(tmp_path, table), GZ2)


@pytest.mark.parametrize(
    ("rounded", "mended"),
    [("1.0000000000000002", 1), ("1.0000005", 1), ("-0.0000005", 0), ("-1e-12", 0)],
)
def test_mends_what_rounding_left(
    tmp_path: Path, table: pd.DataFrame, rounded: str, mended: float
) -> None:
    table.loc[1, "Class4.2"] = rounded
    assert read_labels(write(tmp_path, table), GZ2).loc["10", "Class4.2"] == mended


def test_refuses_a_galaxy_that_comes_twice(tmp_path: Path, table: pd.DataFrame) -> None:
    table.loc[2, ID_COLUMN] = 30
    said = r"1 GalaxyID comes more than once: 30 \(lines 2 and 4\)$"
    with pytest.raises(LabelsError, match=said):
        read_labels(write(tmp_path, table), GZ2)
    many = pd.concat([make_labels(range(10)), make_labels(range(10))])
    said = r"10 GalaxyIDs .*: 0 \(lines 2 and 12\), 1 .*, 2 \(lines 4 and 14\) and 7 more$"
    with pytest.raises(LabelsError, match=said):
        read_labels(write(tmp_path, many), GZ2)


@pytest.mark.parametrize("bad", ["M31", -4, 1.5, "", " 7", "1" * 101])
def test_refuses_an_id_that_is_no_whole_number(
    tmp_path: Path, table: pd.DataFrame, bad: str | float
) -> None:
    table.loc[1, ID_COLUMN] = bad
    with pytest.raises(LabelsError, match=r"line 3: GalaxyID must be digits, at most 100, got"):
        read_labels(write(tmp_path, table), GZ2)


@pytest.mark.parametrize("bad", ["100001.0", "5.877e17", "5.8772298174136320e+17", "1e308", "1E+5"])
def test_an_id_that_went_through_a_float_is_told(
    tmp_path: Path, table: pd.DataFrame, bad: str
) -> None:
    table[ID_COLUMN] = bad
    said = r"line 2: .*; 2 more rows like it: it went through a float, .* write ids as text"
    with pytest.raises(LabelsError, match=said):
        read_labels(write(tmp_path, table), GZ2)


def test_ids_are_kept_digit_by_digit(tmp_path: Path, table: pd.DataFrame) -> None:
    table[ID_COLUMN] = ["18446744073709551616", "007", "7"]
    labels = read_labels(write(tmp_path, table), GZ2)
    assert labels.index.tolist() == ["007", "7", "18446744073709551616"]


def test_refuses_a_table_without_a_column(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(LabelsError, match=r"lacks the column Class3\.1, Class9\.2$"):
        read_labels(write(tmp_path, table.drop(columns=["Class9.2", "Class3.1"])), GZ2)


def test_one_galaxy_is_a_table(tmp_path: Path, table: pd.DataFrame) -> None:
    assert read_labels(write(tmp_path, table.head(1)), GZ2).shape == (1, 37)


def test_a_missing_file_is_told_with_its_parameter(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"no such file of labels \(params.yaml: data.labels\)"):
        read_labels(tmp_path / "labels.csv", GZ2)


def test_predictions_are_of_the_galaxies_asked_for(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(tmp_path, table)
    predicted = read_predictions(path, GZ2, id_array(["30", "10", "20"]))
    assert predicted.index.tolist() == ["30", "10", "20"]
    with pytest.raises(LabelsError, match=r"has other galaxies than the test split.*dvc repro"):
        read_predictions(path, GZ2, id_array(["30", "10"]))
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(LabelsError, match=r"line 2: has .* cells.*; run `dvc repro`"):
        read_predictions(path, GZ2, id_array(["30", "10", "20"]))
