"""DVC's file of locks, which DVC can't read if it was killed while writing it."""

from pathlib import Path

import pytest

from tools import dvc_locks


@pytest.mark.parametrize("content", [b"", b'{"half', b"\xff"])
def test_a_damaged_one_goes(
    content: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dvc_locks, "_WRITING", 0)
    path = tmp_path / "rwlock"
    path.write_bytes(content)
    dvc_locks.main(path)
    assert not path.exists()
    assert "DVC was killed while writing it" in capsys.readouterr().out


def test_a_whole_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "rwlock"
    dvc_locks.main(path)
    path.write_text('{"data/split.csv": {"write": {"pid": 1, "cmd": "dvc repro"}}}')
    dvc_locks.main(path)
    assert path.exists()
