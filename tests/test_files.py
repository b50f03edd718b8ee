import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.files import atomic, digest, read_json, write_array, write_csv, write_json


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


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".folder.tmp").mkdir()
    (tmp_path / ".folder.tmp" / "half").touch()
    with atomic(tmp_path / "folder") as temporary:
        temporary.mkdir()
    assert list((tmp_path / "folder").iterdir()) == []


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
