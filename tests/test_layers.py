"""Imports run one way: a module uses those of its own layer and of the layers below."""

import pytest

from tests.conftest import ROOT
from tests.stage_imports import imported_files

LAYERS = (
    ("errors", "files", "params", "tree"),
    ("sources", "images", "labels", "processed", "sample", "split", "crop_resize"),
    ("calibration", "projection", "scores"),
    ("augment", "data", "devices", "equivariant", "history", "models", "model_files"),
    ("checkpoints", "inference", "training"),
    ("figures", "report", "summary", "predictor", "catalogue"),
    ("parquet", "partial", "workers", "classify"),
    ("cli", "__main__"),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "galaxyzoo").rglob("*.py")
    if path != ROOT / "galaxyzoo" / "__init__.py"
)


def layer(module: str) -> int:
    """The level of "galaxyzoo/tree.py" or of any module in "galaxyzoo/sample/"."""
    return LEVEL[module.split("/")[1].removesuffix(".py")]


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module: str) -> None:
    used = {path.relative_to(ROOT).as_posix() for path in imported_files(ROOT / module, ROOT)}
    used.discard("galaxyzoo/__init__.py")
    assert not any(path.startswith("stages/") for path in used)
    assert {path for path in used if layer(path) > layer(module)} == set()


def test_every_module_has_a_layer() -> None:
    assert {module.split("/")[1].removesuffix(".py") for module in MODULES} == set(LEVEL)
