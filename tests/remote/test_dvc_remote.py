"""DVC with a bucket, by the commands of docs/object_storage.md, on a project of two files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.remote.conftest import Store
from tests.remote.object_server import BUCKET

DOCUMENT = ROOT / "docs" / "object_storage.md"
STAGE = (
    "stages: {copy: {cmd: cp data/raw/labels.csv copy, deps: [data/raw/labels.csv], outs: [copy]}}"
)


def commands(start: str) -> list[str]:
    found = re.findall(rf"^    ({start}.*)$", DOCUMENT.read_text(), re.MULTILINE)
    return [one.replace("s3://bucket", f"s3://{BUCKET}") for one in found]


def run(folder: Path, command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "DVC_SITE_CACHE_DIR": str(folder.parent / "site"), "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(
        command.split(),
        cwd=folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def test_push_clone_pull_and_nothing_to_do(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("dvc_s3", reason="dvc-s3 isn't installed")
    store.put("labels.csv", b"GalaxyID\n1\n")
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "data" / "raw").mkdir(parents=True)
    (first / "dvc.yaml").write_text(STAGE)
    (first / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    for command in (
        "git init -q",
        "git config user.email a@b",
        "git config user.name a",
        "dvc init",
    ):
        run(first, command)
    (imported,) = commands("dvc import-url s3://bucket/labels")
    for command in (imported, "dvc repro", *commands("dvc remote add"), *commands("dvc push")):
        run(first, command)
    run(first, "git add -A")
    run(first, "git commit -qm all")
    assert "data/raw/labels.csv.dvc" in run(first, "git ls-files")
    run(tmp_path, "git clone -q first second")
    run(second, "dvc pull")
    assert (second / "copy").read_text() == "GalaxyID\n1\n"
    assert "Data and pipelines are up to date" in run(second, "dvc repro")
