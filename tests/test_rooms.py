"""The house: imports run one way, from each room to those below it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.stage_imports import imported_files

PACKAGE = ROOT / "galaxyzoo"
FLOORS = (
    ("base",),
    ("tree", "devices", "processed", "findings", "processes", "framing", "sky", "formats"),
    ("images", "labels", "tables", "drawing"),
    ("remote",),
    ("dataset", "sample"),
    ("networks/common",),
    ("networks/layers",),
    ("networks",),
    ("training", "predict"),
    ("scoring",),
    ("classify", "cutouts", "figures"),
    ("report", "params"),
    ("cli",),
    ("__main__",),
)
"""From the ground up; those of one floor don't import each other"""
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


def room(module: str) -> str:
    """The room of "images/decoding.py", or the module at the top that "tree.py" is."""
    parent = Path(module).parent.as_posix()
    return (
        Path(module).stem
        if parent == "."
        else parent
        if parent in LEVEL
        else module.split("/", maxsplit=1)[0]
    )


def used_by(module: str) -> set[str]:
    """The modules that one imports."""
    found = {path.relative_to(ROOT).as_posix() for path in imported_files(PACKAGE / module, ROOT)}
    assert not any(path.startswith("stages/") for path in found)
    return {path.removeprefix("galaxyzoo/") for path in found}


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module: str) -> None:
    others = {path for path in used_by(module) if room(path) != room(module)}
    assert {path for path in others if LEVEL[room(path)] >= LEVEL[room(module)]} == set()


def test_every_room_has_a_floor_and_says_its_job() -> None:
    assert {room(module) for module in MODULES} == set(LEVEL)
    for package in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(package.read_text())), package


def test_the_package_itself_imports_nothing_of_ours_until_it_is_asked() -> None:
    assert list(imported_files(PACKAGE / "__init__.py", ROOT)) == []


def test_no_two_classes_have_one_name() -> None:
    names = [
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse((PACKAGE / module).read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted(names) == sorted(set(names))


def test_training_imports_nothing_that_only_prediction_uses() -> None:
    waiting, seen = {m for m in MODULES if m.startswith("training/")}, set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        waiting |= used_by(module) - seen
    assert not [module for module in seen if module.startswith(("predict/", "images/", "scoring/"))]


HIDDEN = (
    "aiohttp",
    "astropy",
    "botocore",
    "dask",
    "distributed",
    "dvc",
    "fsspec",
    "jinja2",
    "matplotlib",
    "pydantic",
    "s3fs",
    "yaml",
    "vl_convert",
)
"""What the extras install"""
IMPORT = f"""
import sys
sys.modules.update(dict.fromkeys({HIDDEN!r}))
import galaxyzoo
from galaxyzoo import load_model
import galaxyzoo.cli, galaxyzoo.classify.run
assert galaxyzoo.__version__
"""


def test_who_only_classifies_needs_no_pipeline_and_no_figures() -> None:
    subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, check=True)


def test_it_is_found_from_the_folder_above_the_clone(tmp_path: Path) -> None:
    """There, Python first meets the clone itself, which may be called as the package is."""
    (tmp_path / "galaxyzoo").symlink_to(ROOT)
    subprocess.run([sys.executable, "-c", IMPORT], cwd=tmp_path, check=True)
