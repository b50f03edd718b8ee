"""The user's table: which of its rows belongs to which image."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.targets import Targets, beside, image_id, read_targets, tell_unmatched

LONG = "587736915678593357"


def table(folder: Path, *lines: str) -> Path:
    path = folder / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (LONG, LONG),
        ("007", "007"),
        ("m31.jpg", "m31"),
        ("J100/J100620.35+101629.1.png", "J100620.35+101629.1"),
        ("J100620.35+101629.1", "J100620.35+101629.1"),
        ("a/b/1.5.JPEG", "1.5"),
        ("two.jpg.png", "two.jpg"),
    ],
)
def test_an_image_is_matched_by_its_name_without_folders_and_one_ending(
    label: str, expected: str
) -> None:
    assert image_id(label) == expected


def test_rows_are_found_digit_by_digit(tmp_path: Path) -> None:
    near = str(int(LONG) + 1)  # the same float
    path = table(tmp_path, "objid,ra", f"{near},2", "007,3", f" {LONG} ,1")
    targets = read_targets(path, None)
    rows = targets.rows_of([LONG, "7", near, "007"]).column("ra").to_pylist()
    assert rows == ["1", None, "2", "3"]


@pytest.mark.parametrize(
    ("lines", "named", "message"),
    [
        (("ra,dec", "1,2"), None, r"which column .* --id COLUMN; none is known .* are ra, dec"),
        (("objid,Name", "1,2"), None, r"--id COLUMN; it may be any of objid, Name; "),
        (("objid,ra", "1,2"), "ID", r"lacks the column 'ID'; its columns: objid, ra"),
        (("id,ra", "1,2", "1,3", "2,4"), None, r"1 id stands in several rows .* 'id': 1; "),
        (("id,ra,ra", "1,2,3"), None, r"has the column ra more than once"),
        (("id,ra", "1,2,3"), None, r"does not read as a CSV"),
    ],
)
def test_a_table_that_is_not_clear_is_refused_in_a_line(
    tmp_path: Path, lines: Sequence[str], named: str | None, message: str
) -> None:
    with pytest.raises(UserError, match=message) as told:
        read_targets(table(tmp_path, *lines), named)
    assert str(told.value).startswith(f"{tmp_path / 't.csv'}: ")
    assert "\n" not in str(told.value)


def test_ids_that_are_floats_are_refused(tmp_path: Path) -> None:
    pa.parquet.write_table(pa.table({"id": [float(LONG)]}), tmp_path / "t.parquet")
    with pytest.raises(UserError, match="'id' holds numbers with a point, which lose digits"):
        read_targets(tmp_path / "t.parquet", None)


def test_what_has_no_partner_is_counted_and_named_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    targets = read_targets(table(tmp_path, "id,ra", "1,1", "2,1", "b.1,1", ",1"), None)
    assert tell_unmatched(targets, ["1", "3", "x/b.1.png"])
    assert caplog.messages == [
        f"{targets.path}: 1 row without image (2), left out; 1 row without id, left out; 1 image "
        "without row (3), whose columns of the table are empty"
    ]
    caplog.clear()
    targets = read_targets(table(tmp_path, "id,ra", "1,1"), None)
    assert not tell_unmatched(targets, ["1", "other/1.jpg"])
    assert caplog.messages == []


def test_a_table_of_other_galaxies_is_refused(tmp_path: Path) -> None:
    targets = read_targets(table(tmp_path, "name,id", "m31,5"), "name")
    with pytest.raises(UserError, match=r"no image has a row: .* 'name' holds m31, and .* 5; name"):
        tell_unmatched(targets, ["5"])


def names_beside(targets: Targets, *names: str) -> list[str]:
    return list(beside(targets, names).columns.column_names)


def test_columns_called_as_ours_get_a_prefix_which_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    targets = read_targets(table(tmp_path, "galaxyid,ra,Class1.1", "1,2,3"), None)
    assert names_beside(targets, "x") == ["galaxyid", "ra", "Class1.1"]
    assert caplog.messages == []
    assert names_beside(targets, "GalaxyID", "Class1.1") == [
        "table_galaxyid",
        "ra",
        "table_Class1.1",
    ]
    (told,) = caplog.messages
    assert "2 columns" in told
    assert "galaxyid, Class1.1" in told


def test_where_that_name_is_taken_too_it_is_refused(tmp_path: Path) -> None:
    targets = read_targets(table(tmp_path, "id,ra,table_ra", "1,2,3"), None)
    with pytest.raises(UserError, match="both have a column ra, and table_ra is there, too"):
        names_beside(targets, "ra")
