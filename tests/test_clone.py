"""What somebody has who clones or downloads the project, in ways that differ from ours."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT


def git(*command: str | Path) -> bytes:
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=True).stdout


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git repository")
@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_a_clone_has_the_same_bytes_wherever_git_changes_line_ends(
    tmp_path: Path, setting: str
) -> None:
    """DVC compares files by their bytes."""
    plain, other = tmp_path / "plain", tmp_path / "other"
    git("clone", "--quiet", "--shared", "--config", "core.autocrlf=false", ROOT, plain)
    git("clone", "--quiet", "--shared", "--config", setting, ROOT, other)
    expected = files(plain)
    assert "galaxyzoo/base/errors.py" in expected
    assert [path for path, own in files(other).items() if own != expected[path]] == []


@pytest.mark.parametrize("target", ["setup", "repro", "test"])
def test_an_archive_without_git_says_what_to_do_before_it_installs(
    tmp_path: Path, target: str
) -> None:
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=tmp_path,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    (line,) = done.stdout.splitlines()
    assert "git init && git add . && git commit" in line
    assert "not a git repository" in line
    assert not (tmp_path / ".venv").exists()
