"""Tables in any dialect; faults told of by line, in words for users."""

from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.labels.cells import Cells
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import COLUMNS, make_labels

TABLE = make_labels(["0010", "20", "30", "99999999999999999999"])
TEXT = TABLE.to_csv(index=False)


def read(folder: Path, content: str | bytes) -> pd.DataFrame:
    path = folder / "labels.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_labels(path, GZ2)


def refusal(folder: Path, content: str) -> str:
    with pytest.raises(LabelsError) as error:
        read(folder, content)
    return str(error.value).removeprefix(f"{folder / 'labels.csv'}: ")


def reordered() -> str:
    return TABLE[[*reversed(COLUMNS), ID_COLUMN]].to_csv(index=False)


def with_more() -> str:
    return TABLE.assign(name="a, b", **{"": 1}).to_csv(index=False)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.rstrip("\n"),
        "\n \n" + TEXT,
        TEXT.replace("\n", "\n\n") + "\n \n",
        TEXT.replace(",", ";"),
        TEXT.replace(",", "\t"),
        TEXT.replace(",", ", "),
        TABLE.to_csv(index=False, quoting=1),
        reordered(),
        with_more(),
    ],
)
def test_any_dialect_reads_alike(tmp_path: Path, content: str | bytes) -> None:
    pd.testing.assert_frame_equal(read(tmp_path, content), read(tmp_path, TEXT))
    assert read(tmp_path, content).index[0] == "0010"


HEADER, FIRST, *REST = TEXT.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER, "holds no galaxies, its header alone"),
        (FIRST, "lacks the column GalaxyID, Class1.1, Class1.2 and 35 more; its first line is"),
        (HEADER.replace("Class2.1", "Class1.1") + FIRST, "lacks the column Class2.1"),
        (HEADER.replace("\n", ",Class2.1\n") + FIRST, "line 1: has the column Class2.1 more than"),
        (HEADER.replace("\n", ",GalaxyID\n") + FIRST, "line 1: has the column GalaxyID more than"),
        (TEXT + "1,2\n", "line 6: has 2 cells, where the header has 38"),
        (HEADER + ",".join(FIRST.split(",")[:-1]) + "\n", "line 2: has 37 cells"),
        (TEXT + "\n" + "40," * 38 + "\n", "line 7: has 39 cells, where the header has 38"),
        (HEADER + FIRST[:-1] + ",7\n" + REST[0], "line 2: has 39 cells, where the header has 38"),
        (HEADER + '"a\nb"' + FIRST[4:] + FIRST[:-1] + ",7\n", "line 4: has 39 cells"),
        (TEXT + '"40,' + FIRST, "line 6: has a quote that never ends"),
        (TEXT.replace("\n20,", '\n"20,'), "line 3: has a quote that never ends"),
        (TEXT.replace("\n20,", "\n\n\nM31,"), "line 5: GalaxyID must be digits"),
    ],
)
def test_faults_are_told_by_line_and_in_words(tmp_path: Path, content: str, said: str) -> None:
    message = refusal(tmp_path, content)
    assert said in message
    assert "Error" not in message
    assert len(message.splitlines()) <= 12


@pytest.mark.parametrize("length", [50_000, 200_000])
def test_a_long_cell_is_shortened(tmp_path: Path, length: int) -> None:
    for content in (TEXT.replace("\n20,", f"\n{'x' * length},"), f"{TEXT[:-4]}{'x' * length}\n"):
        message = refusal(tmp_path, content)
        assert "characters)" in message
        assert len(message) < 400


def test_extra_columns_may_hold_anything(tmp_path: Path) -> None:
    content = TEXT.replace("\n", ',"a\nb"\n') if "\n" in TEXT else ""
    content = content.replace('"a\nb"', "note", 1)
    pd.testing.assert_frame_equal(read(tmp_path, content), read(tmp_path, TEXT))


def test_rows_know_their_lines(tmp_path: Path) -> None:
    content = b'GalaxyID,note\n\n1,"two\nlines"\n2,\n   \n3,x\n'
    cells = Cells.of(tmp_path / "labels.csv", content)
    assert cells.lines([2, 0]) == [3, 7]
    assert cells.columns([ID_COLUMN])[ID_COLUMN].tolist() == ["1", "2", "3"]
