import zipfile
from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.labels.table import LabelsError, read_labels
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


@pytest.mark.parametrize("bad", [-0.1, 1.5, "many", "", "nan", "inf"])
def test_refuses_a_value_that_is_no_fraction(
    tmp_path: Path, table: pd.DataFrame, bad: str | float
) -> None:
    table.loc[1, "Class4.2"] = bad
    with pytest.raises(LabelsError) as error:
        read_labels(write(tmp_path, table), GZ2)
    message = str(error.value)
    assert "labels.csv: 1 values are not a number from 0 to 1" in message
    assert "GalaxyID 10, Class4.2: " in message


def test_lists_bad_values_but_not_without_end(tmp_path: Path, table: pd.DataFrame) -> None:
    table[list(COLUMNS)] = 2
    with pytest.raises(LabelsError, match="111 values") as error:
        read_labels(write(tmp_path, table), GZ2)
    assert str(error.value).endswith("and 91 more")


def test_refuses_a_galaxy_that_comes_twice(tmp_path: Path, table: pd.DataFrame) -> None:
    table.loc[2, ID_COLUMN] = 30
    with pytest.raises(LabelsError, match="1 GalaxyIDs come more than once: 30"):
        read_labels(write(tmp_path, table), GZ2)


@pytest.mark.parametrize("bad", ["M31", -4, 1.5, ""])
def test_refuses_an_id_that_is_no_whole_number(
    tmp_path: Path, table: pd.DataFrame, bad: str | float
) -> None:
    table.loc[1, ID_COLUMN] = bad
    with pytest.raises(LabelsError, match="line 3: GalaxyID must be digits"):
        read_labels(write(tmp_path, table), GZ2)


def test_refuses_a_table_without_a_column(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(LabelsError, match=r"lacks the column Class3\.1, Class9\.2$"):
        read_labels(write(tmp_path, table.drop(columns=["Class9.2", "Class3.1"])), GZ2)


def test_refuses_what_is_no_table_of_galaxies(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(LabelsError, match="no such file"):
        read_labels(tmp_path / "labels.csv", GZ2)
    with pytest.raises(LabelsError, match="holds no galaxies"):
        read_labels(write(tmp_path, table.head(0)), GZ2)
    (tmp_path / "empty.csv").touch()
    with pytest.raises(LabelsError, match="does not read as a CSV"):
        read_labels(tmp_path / "empty.csv", GZ2)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    with pytest.raises(LabelsError, match="expected one CSV in this zip, found 2"):
        read_labels(tmp_path / "two.zip", GZ2)
