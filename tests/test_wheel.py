"""The package as people install it: a wheel alone, away from the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from galaxyzoo import sky
from tests.classify.classify_inputs import make_model
from tests.conftest import ROOT, make_jpeg

PROGRAM = """
import pathlib, sys
import galaxyzoo, galaxyzoo.cli
home = pathlib.Path(galaxyzoo.__file__).parents[1]
model = galaxyzoo.load_model()
assert model.path.is_relative_to(home), model.path
galaxyzoo.cli.app(["classify", sys.argv[1], "-o", "catalogue.csv", "--workers", "1"])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel of this source is installed into."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "target"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "galaxyzoo", source / "galaxyzoo", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    if not (source / "galaxyzoo" / "sky" / sky.PLACE).exists():
        make_model(source / "galaxyzoo" / "sky" / sky.PLACE, "tuned")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, "--target", target, source], check=True)
    return target


def test_the_model_of_the_sky_is_in_it_and_is_the_default(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "587.jpg").write_bytes(make_jpeg(1))
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, "587.jpg"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "catalogue.csv: 1 galaxy classified, 0 files rejected\n"
    assert ran.stderr.startswith("model: ")
    assert (tmp_path / "catalogue.csv").read_text().splitlines()[1].startswith("587,")


def test_all_that_is_no_code_is_in_it(installed: Path) -> None:
    source = {p.relative_to(ROOT) for p in (ROOT / "galaxyzoo").rglob("*") if p.is_file()}
    expected = {path for path in source if path.parent.name != "__pycache__"}
    assert {path for path in expected if not (installed / path).is_file()} == set()
