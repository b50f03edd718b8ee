import errno
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.base.files import (
    allocate_array,
    atomic,
    digest,
    read_json,
    remove,
    write_array,
    write_csv,
    write_json,
)
from tests.conftest import ROOT


def test_what_is_written_appears_whole_and_alone(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file.txt"
    with atomic(target) as temporary:
        temporary.write_text("first")
        assert not target.exists()
    assert target.read_text() == "first"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_old_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic(target) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    for name in ("first", "second"):
        with atomic(target) as temporary:
            temporary.mkdir()
            (temporary / name).touch()
    assert [path.name for path in target.iterdir()] == ["second"]


def write_half_and_die(path: Path, mark: Path) -> None:
    with atomic(path) as temporary:
        temporary.mkdir()
        (temporary / "half").touch()
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def die_writing(path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=write_half_and_die, args=(path, path.with_name("mark"))
    )
    process.start()
    process.join()
    path.with_name("mark").unlink()


@pytest.mark.parametrize("name", ["folder", "n" * 240, "[a]*?"])
def test_what_a_killed_process_left_is_swept_away(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    die_writing(folder)
    assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
    with atomic(folder) as temporary:
        temporary.mkdir()
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


def test_what_older_software_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".file.tmp").touch()
    write_json(tmp_path / "file", {})
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_two_writers_never_share_a_temporary_path(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with atomic(target) as first:
        first.write_text("first")
        with atomic(target) as second:
            assert second != first
            second.write_text("second")
        assert target.read_text() == "second"
        assert first.read_text() == "first", "it is not swept away"
    assert target.read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_in_a_project_nothing_strays_among_the_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is never written again: whatever is written next sweeps."""
    monkeypatch.chdir(tmp_path)
    scratch = Path(".dvc/tmp/galaxyzoo")
    scratch.parent.mkdir(parents=True)
    Path("data").mkdir()
    die_writing(Path("data/a"))
    assert list(Path("data").iterdir()) == []
    assert len(list(scratch.iterdir())) == 1
    write_json(Path("data/b"), {})
    assert list(scratch.iterdir()) == []
    assert list(Path("data").iterdir()) == [Path("data/b")]


def test_a_full_disk_names_what_was_written(tmp_path: Path) -> None:
    target = tmp_path / "file"
    for number in (errno.ENOSPC, errno.EFBIG):
        with pytest.raises(OSError, match=re.escape(str(target))), atomic(target) as temporary:
            temporary.write_text("half")
            raise OSError(number, "no space")
    with pytest.raises(IsADirectoryError, match=re.escape(f"'{target}'")), atomic(target) as path:
        path.mkdir()
        path.read_text()
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_fails_is_not_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="input"), atomic(tmp_path / "file"):
        (tmp_path / "input").read_text()


def test_a_folder_that_is_read_only_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # what root never sees
    with pytest.raises(PermissionError, match=re.escape(str(tmp_path))), atomic(tmp_path / "file"):
        raise AssertionError("it began")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_a_file_is_to_be(tmp_path: Path) -> None:
    (tmp_path / "file" / "kept").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        write_json(tmp_path / "file", {})
    assert [path.name for path in tmp_path.rglob("*")] == ["file", "kept"]


def test_of_a_link_the_link_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "kept").mkdir(parents=True)
    (tmp_path / "folder").symlink_to("elsewhere")
    with atomic(tmp_path / "folder") as temporary:
        temporary.mkdir()
    assert not (tmp_path / "folder").is_symlink()
    assert (tmp_path / "elsewhere" / "kept").is_dir()
    (tmp_path / "link").symlink_to("elsewhere")
    remove(tmp_path / "link")
    assert (tmp_path / "elsewhere" / "kept").is_dir()


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(
    "write", ["allocate_array(path, 'u1', (10**6,))", "path.write_text('a' * 10**6)"]
)
def test_no_space_in_earnest(tmp_path: Path, write: str) -> None:
    """As far as anyone may do that: files of this process can't grow beyond a size."""
    code = f"""
from pathlib import Path
from galaxyzoo.base.endings import told
from galaxyzoo.base.files import *
with told(), atomic(Path({str(tmp_path / "file")!r})) as path:
    {write}
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        preexec_fn=lambda: limit_files(100_000),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {tmp_path / 'file'}: larger than files may be here")
    assert list(tmp_path.iterdir()) == []


def test_allocated_space_is_taken_and_zero(tmp_path: Path) -> None:
    allocate_array(tmp_path / "a.npy", np.uint8, (1000, 1000))
    array = np.load(tmp_path / "a.npy")
    assert (array.shape, array.dtype, int(array.max())) == ((1000, 1000), np.uint8, 0)
    assert (tmp_path / "a.npy").stat().st_blocks * 512 >= array.nbytes


def test_a_file_is_on_disk_before_it_has_its_name_and_then_so_has_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, fsync = tmp_path / "file.txt", os.fsync
    synced: list[tuple[int, int, bool]] = []

    def spy(descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced.append((status.st_ino, status.st_size, target.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    with atomic(target) as temporary:
        temporary.write_text("content")
    file, folder = target.stat(), tmp_path.stat()
    assert synced[0] == (file.st_ino, len("content"), False)
    assert (synced[1][0], synced[1][2]) == (folder.st_ino, True)


def test_json_refuses_what_json_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"rmse": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_round_trips(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"rmse": 0.1, "rank": None})
    assert read_json(tmp_path / "a.json") == {"rmse": 0.1, "rank": None}
    write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [0.1 + 0.2]}))
    assert (tmp_path / "a.csv").read_bytes() == b"x\n0.30000000000000004\n"
    write_array(tmp_path / "a.npy", np.arange(3))
    assert np.load(tmp_path / "a.npy").tolist() == [0, 1, 2]


def test_digest_tells_contents_apart_and_where_they_end(tmp_path: Path) -> None:
    a, b, c = (tmp_path / name for name in "abc")
    a.write_bytes(b"12")
    b.write_bytes(b"3")
    c.write_bytes(b"123")
    empty = tmp_path / "empty"
    empty.touch()
    assert len({digest(a, b), digest(b, a), digest(c, empty), digest(c)}) == 4
    assert len(digest(a)) == 64
