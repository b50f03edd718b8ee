import errno
import gc
import os
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxyzoo.images import zip_headers
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.sources import ImagesError, survey
from galaxyzoo.images.zip_directory import read_directory
from galaxyzoo.images.zips import ZipFiles
from galaxyzoo.predict.rows import label

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")

Members = dict[str, list[tuple[int, ...]]]

NAMES = st.one_of(
    st.sampled_from(["1.jpg", "a/1.jpg", "a\\1.jpg", "a/", "a\\", "é.jpg", "\u2603.png", ""]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
EXTRAS = st.sampled_from([b"", struct.pack("<2H4s", 0x5455, 4, b"time"), b"odd"])


ANYTHING = st.binary(max_size=30).filter(lambda some: b"PK\5\6" not in some)
"""Beside a zip; more than one end would be ambiguous"""


@st.composite
def zips(draw: st.DrawFn) -> bytes:
    """A zip, perhaps behind something else, with a comment, or of the format for large ones."""
    file = BytesIO()
    file.write(draw(ANYTHING))
    limit = draw(st.sampled_from([zipfile.ZIP64_LIMIT, 40]))
    with mock.patch.object(zipfile, "ZIP64_LIMIT", limit), zipfile.ZipFile(file, "a") as archive:
        for name in draw(st.lists(NAMES, max_size=4)):
            member = zipfile.ZipInfo(name)
            member.extra, member.comment = draw(EXTRAS), draw(st.binary(max_size=5))
            member.compress_type = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
            archive.writestr(member, draw(st.binary(max_size=60)))
        archive.comment = draw(ANYTHING)
    return file.getvalue()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(zips()))
    for _ in range(draw(st.integers(1, 3))):
        begins = max(content.find(b"PK\1\2"), 0) if draw(st.booleans()) else 0
        at = draw(st.integers(begins, len(content) - 1))
        content[at : at + 1] = draw(st.sampled_from([b"", b"\0", b"\xff", b"\xff" * 4, b"PK\5\6"]))
    return bytes(content)


class InMemory(BytesIO):
    """Refuses, as a file does, to go to before its beginning."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == os.SEEK_END and offset < -len(self.getvalue()):
            raise OSError(errno.EINVAL, "before the beginning")
        return super().seek(offset, whence)


def told_by_zipfile(content: bytes) -> Members | str:
    return tried(lambda: listed(zipfile.ZipFile(InMemory(content))))


def listed(archive: zipfile.ZipFile) -> Members:
    found: Members = {}
    for one in archive.infolist():
        name = one.filename.replace("\\", "/")
        offset = max(min(one.header_offset, 2**62), -(2**62))  # further than any file reaches
        numbers = offset, one.compress_size, one.file_size, one.CRC, one.flag_bits
        if not name.endswith("/"):
            found.setdefault(name, []).append((*numbers, one.compress_type))
    return found


def told(content: bytes) -> Members | str:
    def read() -> Members:
        directory = read_directory(BytesIO(content))
        return {name: [tuple(one) for one in directory.stored(name)] for name in directory.names}

    return tried(read)


def tried(read: Callable[[], Members]) -> Members | str:
    try:
        return read()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


@settings(max_examples=100, deadline=None)
@given(zips())
def test_tells_what_zipfile_tells(content: bytes) -> None:
    expected = told_by_zipfile(content)
    assert isinstance(expected, dict)
    found = told(content)
    assert found == expected
    assert list(found) == list(expected)
    theirs, ours = zipfile.ZipFile(BytesIO(content)), read_directory(BytesIO(content))
    for one in theirs.infolist():
        name = one.filename.replace("\\", "/")
        if len(expected.get(name, ())) == 1:
            assert theirs.read(ours.member(name)) == theirs.read(one)


@settings(max_examples=150, deadline=None)
@given(content=damaged())
def test_refuses_what_zipfile_refuses_in_its_words(content: bytes) -> None:
    found = told(content)
    if sys.version_info < (3, 12):  # later ones look closer at records of large zips
        assert found == told_by_zipfile(content)


def test_a_size_of_64_bits_may_stand_elsewhere_too() -> None:
    file = BytesIO()
    extra = struct.pack("<2HQ", 1, 8, 2**64 - 1) + struct.pack("<2HQ", 1, 8, 3)
    with mock.patch.object(zipfile, "ZIP64_LIMIT", 2**65), zipfile.ZipFile(file, "w") as archive:
        member = zipfile.ZipInfo("1.jpg")
        member.extra = extra
        archive.writestr(member, b"one")
    content = bytearray(file.getvalue())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = b"\xff" * 4
    assert told(bytes(content)) == told_by_zipfile(bytes(content))
    assert "1.jpg" in told(bytes(content))


@settings(max_examples=60, deadline=None)
@given(content=damaged())
def test_damage_is_told_as_such(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(content)
    try:
        files = ZipFiles(path)
    except ImagesError:
        return
    for name in files.names:
        try:
            files.read(name)
        except ImagesError:
            continue


def test_reads_a_directory_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(20):
            member = zipfile.ZipInfo(f"{number}.jpg")
            member.comment = bytes(50_000 + number)
            archive.writestr(member, b"")
    monkeypatch.setattr(zip_headers, "_PIECE", 200_000)
    assert told(file.getvalue()) == told_by_zipfile(file.getvalue())


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (4, 1, "span multiple disks"),  # the locator's own disk
        (16, 2, "span multiple disks"),  # and how many there are
    ],
)
def test_a_zip_on_several_disks_is_refused(
    tmp_path: Path, at: int, value: int, message: str
) -> None:
    path = tmp_path / "images.zip"
    with mock.patch.object(zipfile, "ZIP_FILECOUNT_LIMIT", 0), zipfile.ZipFile(path, "w") as made:
        made.writestr("1.jpg", b"one")
    assert ZipFiles(path).read("1.jpg") == b"one"
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\6\7") + at] = value
    path.write_bytes(content)
    with pytest.raises(ImagesError, match=f"cut short or damaged: .*{message}"):
        ZipFiles(path)


def test_takes_little_memory(tmp_path: Path) -> None:
    count = 20_000
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"{1_000_000 + number}.jpg"), b"")
    directory = (46 + len("1000000.jpg")) * count  # which is read, and dropped
    gc.collect()
    tracemalloc.start()
    try:
        files = ZipFiles(path)
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        entries = label(files, survey(files))
        _, labelled = tracemalloc.get_traced_memory()
        del entries
        tracemalloc.reset_peak()
        source = open_images(path)
        _, sorted_too = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(files.names) == len(source.names) == count
    assert kept < 150 * count
    assert max(peak - directory, labelled, sorted_too - kept - directory) < 200 * count
