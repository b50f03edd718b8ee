"""Folders, zips and lists as they come: links, backslashes, names twice, what desktops leave."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import ImagesError, survey
from tests.conftest import ROOT, make_zip


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def test_a_link_to_a_folder_is_followed_each_folder_once(tmp_path: Path) -> None:
    images = fill(tmp_path / "images", "a/1.jpg")
    fill(tmp_path / "disk2", "2.jpg")
    for name, target in (("more", "../disk2"), ("again", "."), ("up", ".."), ("twice", "a")):
        (images / name).symlink_to(target)
    (tmp_path / "disk2" / "back").symlink_to(images)
    files = open_files(images)
    assert survey(files).images == ("a/1.jpg", "more/2.jpg")
    assert files.read("more/2.jpg") == b"2.jpg"


def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "1.jpg", "locked/2.jpg")
    scan = os.scandir

    def refuse(folder: Path) -> object:
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    source = open_images(tmp_path)
    assert source.bad == (("locked/", "is a folder that can't be read: Permission denied"),)
    assert list(source.names) == ["1"]


def test_what_is_left_out_is_counted_but_for_hidden_files(tmp_path: Path) -> None:
    hidden = (".DS_Store", "Thumbs.db", "a/desktop.ini", "._1.jpg", ".git/3.jpg", "__MACOSX/1.jpg")
    fill(tmp_path, "1.jpg", "2.TIFF", "a.txt", "b.TXT", "c", "3.fits", *hidden)
    found = survey(open_files(tmp_path))
    assert sorted(found.images) == ["1.jpg", "2.TIFF", "3.fits"]
    assert found.left_out() == "left out: 3 files of other kinds (2 .txt, 1 (no ending))"
    source = open_images(tmp_path)
    assert list(source.names) == ["1", "2"]
    assert [name for name, why in source.bad if "fluxes" in why] == ["3.fits"]


def test_backslashes_in_a_zip_are_slashes(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "z.zip", {"in\\1.jpg": b"one", "in/2.jpg": b"two", "..\\3.jpg": b""})
    source = open_images(path)
    assert [source.read(one) for one in source.names] == [b"one", b"two"]
    assert source.bad == (("../3.jpg", "has a name that leads out of the zip"),)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for name in ("1.jpg", "a/2.jpg", "a\\2.jpg"):
            archive.writestr(name, name)
    source = open_images(tmp_path / "z.zip")
    assert list(source.names) == ["1"]
    assert [(name, why[:14]) for name, why in source.bad] == [("a/2.jpg", "stands 2 times")]


def test_two_images_of_one_id_are_both_bad(tmp_path: Path) -> None:
    source = open_images(fill(tmp_path, "a/7.jpg", "b/7.png", "8.jpg", "8.fits"))
    assert list(source.names) == ["8"]
    both = "is one of 2 images of GalaxyID 7: a/7.jpg and b/7.png"
    assert [bad for bad in source.bad if bad[1] == both] == [("a/7.jpg", both), ("b/7.png", both)]


@pytest.mark.parametrize("keep", [1000, 3000, -30])
def test_a_zip_cut_short_is_told(tmp_path: Path, keep: int) -> None:
    path = make_zip(tmp_path / "z.zip", {"1.jpg": bytes(4000)})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ImagesError, match=r"z\.zip: expected a zip of images, but it is cut short"):
        open_images(path)


def test_a_list_has_comments_home_and_utf_16(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "1.jpg", "home/2.jpg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "list.txt").write_text("# mine\n1.jpg\n\n~/2.jpg\n", encoding="utf-16")
    files = open_files(Path("list.txt"))
    assert [files.read(name) for name in files.names] == [b"1.jpg", b"home/2.jpg"]


@pytest.mark.parametrize("other", ["./1.jpg", "a/../1.jpg", "same/1.jpg", ".//1.jpg", "{}/1.jpg"])
def test_a_list_with_one_file_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    fill(tmp_path, "1.jpg", "a/2.jpg")
    (tmp_path / "same").symlink_to(".")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text(f"1.jpg\na/2.jpg\n{other.format(tmp_path)}\n")
    with pytest.raises(ImagesError, match=r"list\.txt: lines 1 and 3 list the same file"):
        open_files(Path("list.txt"))


@pytest.mark.parametrize("locale", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_names_are_the_same_in_every_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    code = (
        "import sys; from pathlib import Path; from galaxyzoo.images.folders import FolderFiles\n"
        "files = FolderFiles(Path(sys.argv[1]))\n"
        "print(ascii(files.names), files.read(files.names[0]))"
    )
    (tmp_path / "caf\u00e9.jpg").write_bytes(b"galaxy")
    given = os.environ | {"PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)} | locale
    printed = subprocess.run(
        [sys.executable, "-c", code, tmp_path], env=given, capture_output=True, check=True
    )
    assert printed.stdout == b"('caf\\xe9.jpg',) b'galaxy'\n"
