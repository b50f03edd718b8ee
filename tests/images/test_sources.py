import os
import pickle
import struct
import zipfile
from pathlib import Path

import pytest

from galaxyzoo.images import sources
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import Files, ImagesError, Part, survey
from tests.conftest import make_jpeg, make_zip


def list_images(files: Files) -> list[str]:
    return list(survey(files).images)


def test_a_zip_and_a_folder_give_images_at_any_depth_and_no_hidden_files(tmp_path: Path) -> None:
    members = {
        "a/1.jpg": b"one",
        "a/b/2.PNG": b"two",
        "3.jpeg": b"three",
        "readme.txt": b"",
        "__MACOSX/a/._1.jpg": b"",
    }
    folder = tmp_path / "folder"
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for path in (make_zip(tmp_path / "images.zip", members), folder):
        files = open_files(path)
        assert sorted(list_images(files)) == ["3.jpeg", "a/1.jpg", "a/b/2.PNG"]
        assert files.read("a/b/2.PNG") == b"two"


def test_a_list_names_files_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m31").write_bytes(b"galaxy")
    (tmp_path / "list.txt").write_text("m31\n\n# a comment\r\ngone.jpg\n")
    monkeypatch.chdir(tmp_path)
    files = open_files(Path("list.txt"))
    assert list_images(files) == ["m31", "gone.jpg"]
    assert files.read("m31") == b"galaxy"
    with pytest.raises(ImagesError, match="is not there"):
        files.read("gone.jpg")


def test_one_image_is_told_from_a_list_by_its_name_or_its_content(tmp_path: Path) -> None:
    for name, content in (("1.jpg", b"?"), ("image", make_jpeg(1))):
        (tmp_path / name).write_bytes(content)
        assert list_images(open_files(tmp_path / name)) == [name]


def test_refuses_what_holds_no_images(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "twice.txt").write_text("a.jpg\nb.jpg\na.jpg\n")
    (tmp_path / "no.zip").write_bytes(b"no zip")
    for name, message in (
        ("gone", "no such folder, zip, image or list"),
        ("binary", "is neither a zip, an image nor a text"),
        ("twice.txt", "lines 1 and 3 list the same file: a.jpg"),
        ("no.zip", "expected a zip"),
    ):
        with pytest.raises(ImagesError, match=message):
            list_images(open_files(tmp_path / name))


@pytest.mark.parametrize("name", ["../1.jpg", "a/../../1.jpg", "/1.jpg", "..\\1.jpg", "C:\\1.jpg"])
def test_a_name_that_leads_out_of_a_zip_is_refused(tmp_path: Path, name: str) -> None:
    files = open_files(make_zip(tmp_path / "images.zip", {name: b"one", "..2.jpg": b"two"}))
    with pytest.raises(ImagesError, match="leads out of the zip"):
        files.read(name.replace("\\", "/"))
    assert files.read("..2.jpg") == b"two"
    assert [path.name for path in tmp_path.rglob("*")] == ["images.zip"]


def mark_as_encrypted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[6] |= 1  # flags of the first member, and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "images.zip", {"1.jpg": make_jpeg(1)})
    mark_as_encrypted(path)
    with pytest.raises(ImagesError, match="is encrypted"):
        open_files(path).read("1.jpg")


def test_a_member_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.jpg", bytes(2_000_000))
    monkeypatch.setattr(sources, "MAX_BYTES", 1_000_000)
    with pytest.raises(ImagesError, match="has 2000000 bytes; files of at most 1000000 are read"):
        open_files(path).read("1.jpg")
    (tmp_path / "1.jpg").write_bytes(bytes(2_000_000))
    with pytest.raises(ImagesError, match="has 2000000 bytes"):
        open_files(tmp_path / "1.jpg").read("1.jpg")


def test_a_member_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.jpg", bytes(2_000_000))
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 1000)
    path.write_bytes(content)
    with pytest.raises(ImagesError, match="does not unpack"):
        open_files(path).read("1.jpg")


def test_a_named_pipe_is_no_image(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1.jpg")
    with pytest.raises(ImagesError, match="is no file"):
        open_files(tmp_path).read("1.jpg")


def test_a_changed_file_has_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"one")
    before = open_files(tmp_path).fingerprint("1.jpg")
    (tmp_path / "1.jpg").write_bytes(b"other")
    assert open_files(tmp_path).fingerprint("1.jpg") != before
    zips = [make_zip(tmp_path / f"{text}.zip", {"1.jpg": text.encode()}) for text in ("one", "two")]
    first, second = (open_files(path).fingerprint("1.jpg") for path in zips)
    assert first != second


def test_a_part_reads_elsewhere_what_the_files_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also from another working folder; a zip without the directory that it has."""
    members = {"a/1.jpg": b"one", "2.jpg": b"2" * 5000, "../3.jpg": b"three", "4.jpg": b"four"}
    images = make_zip(tmp_path / "images.zip", members)
    (tmp_path / "1.jpg").write_bytes(b"one")
    (tmp_path / "list.txt").write_text("1.jpg\ngone.jpg\n")
    damaged = images.read_bytes().replace(b"four", b"five")
    images.write_bytes(damaged)
    monkeypatch.chdir(tmp_path)
    for path in (Path("images.zip"), Path("list.txt"), Path("1.jpg")):
        files = open_files(path)
        sent = pickle.dumps(files.part(files.names))
        expected = {name: tried(files, name) for name in files.names}
        if path.suffix == ".zip":
            images.write_bytes(damaged[: damaged.index(b"PK\1\2")])
        with monkeypatch.context() as elsewhere:
            elsewhere.chdir("/")
            part = pickle.loads(sent)  # noqa: S301  of ours
            assert {name: tried(part, name) for name in files.names} == expected


def tried(files: Files | Part, name: str) -> bytes | str:
    try:
        return files.read(name)
    except ImagesError as error:
        return str(error)


def test_a_part_of_a_zip_is_small(tmp_path: Path) -> None:
    members = {f"images_training_rev1/{100_000 + n}.jpg": b"" for n in range(2_000)}
    files = open_files(make_zip(tmp_path / "images.zip", members))
    assert len(pickle.dumps(files.part(files.names[:256]))) < 256 * 200
