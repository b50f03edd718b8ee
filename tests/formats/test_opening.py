"""A file of labels is found by what it holds; whatever is wrong with it is one line."""

import gzip
import os
import random
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import GZ2
from tests.conftest import make_labels

DAMAGES = 60
CSV = make_labels(range(100, 140)).to_csv(index=False).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def write(folder: Path, content: bytes, name: str = "labels.csv") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def refusal(folder: Path, content: bytes) -> str:
    path = write(folder, content)
    with pytest.raises(LabelsError) as error:
        read_labels(path, GZ2)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message.removeprefix(str(path))) < 300
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize("name", ["labels.csv", "labels.zip", "labels.csv.gz", "labels"])
@pytest.mark.parametrize(
    "packed",
    [
        CSV,
        gzip.compress(CSV, mtime=0),
        zipped({"labels.csv": CSV}),
        zipped({"a/b/LABELS.CSV": CSV, "__MACOSX/a/b/._labels.csv": b"?", "readme.txt": b"!"}),
    ],
    ids=["plain", "gzip", "zip", "nested zip"],
)
def test_what_it_holds_counts_and_not_its_name(tmp_path: Path, packed: bytes, name: str) -> None:
    assert read_table_bytes(write(tmp_path, packed, name)) == CSV


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty, 0 bytes"),
        (b"\xef\xbb\xbf", "is empty, without even a header"),
        (b"\r\n \n", "is empty, without even a header"),
        (gzip.compress(b"", mtime=0), "is empty, without even a header"),
        (b"\n<!DOCTYPE html><p>Log in</p>", "is a web page"),
        (gzip.compress(b"<html>Please log in</html>", mtime=0), "is a web page"),
        (CSV.decode().encode("utf-16"), "is text in UTF-16; save it as UTF-8"),
        (CSV.decode().encode("utf-16-le"), "line 1: holds a byte 0"),
        (CSV.replace(b"\n101,", b"\n1\x0001,"), "line 3: holds a byte 0"),
        (CSV + "140,café".encode("latin-1"), "line 42: isn't text in UTF-8"),
        (b"BZh91AY", "is packed by bzip2"),
        (zipped({}), "expected one CSV in this zip, found 0; it holds nothing"),
        (zipped({"a.jpg": b"", "b.jpg": b""}), "found 0; it holds a.jpg, b.jpg"),
        (zipped({"a.csv": CSV, "b.csv": CSV}), "found 2; it holds a.csv, b.csv"),
        (zipped({"\x1b[31m\nerror: .csv": CSV, "b.csv": CSV}), r"\x1b[31m\nerror: .csv"),
        (zipped({"a.csv": CSV})[:-40], "this zip is cut short or damaged; get it again"),
        (gzip.compress(CSV, mtime=0)[:-40], "this gzip file is cut short or damaged; get it again"),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(tmp_path, content)


def test_a_zip_with_a_password_is_told(tmp_path: Path) -> None:
    packed = bytearray(zipped({"labels.csv": CSV}))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(magic) + flags] |= 1
    assert "labels.csv in it wants a password" in refusal(tmp_path, bytes(packed))


def cut(whole: bytes, draws: random.Random) -> bytes:
    return whole[: draws.randrange(1, len(whole))]


def zero(whole: bytes, draws: random.Random) -> bytes:
    start = draws.randrange(len(whole))
    return whole[:start] + bytes(min(200, len(whole) - start)) + whole[start + 200 :]


def flip(whole: bytes, draws: random.Random) -> bytes:
    place = draws.randrange(len(whole))
    return whole[:place] + bytes([whole[place] ^ 1 << draws.randrange(8)]) + whole[place + 1 :]


@pytest.mark.parametrize("damage", [cut, zero, flip])
@pytest.mark.parametrize("whole", [zipped({"labels.csv": CSV}), gzip.compress(CSV, mtime=0)])
def test_damage_is_one_line_or_leaves_the_table_as_it_was(
    tmp_path: Path, whole: bytes, damage: Callable[[bytes, random.Random], bytes]
) -> None:
    good, refused = read_labels(write(tmp_path, CSV), GZ2), 0
    for seed in range(DAMAGES):
        content = damage(whole, random.Random(seed))
        try:
            pd.testing.assert_frame_equal(read_labels(write(tmp_path, content), GZ2), good)
        except LabelsError:
            refused += 1
            refusal(tmp_path, content)
    assert refused >= DAMAGES * (0.9 if damage is not flip else 0.7)


@pytest.mark.parametrize("pack", [gzip.compress, lambda zeros: zipped({"labels.csv": zeros})])
def test_a_bomb_is_given_up_early(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galaxyzoo.formats.opening.SMALL_BYTES", 2**20)
    assert "far more than a table of galaxies" in refusal(tmp_path, pack(b"1," * 2**22))


def test_what_is_no_file_or_may_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="is a folder"):
        read_table_bytes(tmp_path)
    with pytest.raises(LabelsError, match="no such file"):
        read_table_bytes(tmp_path / "labels.csv")
    path = write(tmp_path, CSV)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("who runs this may read everything")
    with pytest.raises(LabelsError, match="can't be read: Permission denied"):
        read_table_bytes(path)
