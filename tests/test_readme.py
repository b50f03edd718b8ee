"""The Python of README runs as it stands there, in a folder of a few galaxies."""

import re
from pathlib import Path
from typing import Any

import pytest

from galaxyzoo import sky
from galaxyzoo.predict.intervals import bounded
from galaxyzoo.tree import GZ2
from tests.classify.classify_inputs import make_model
from tests.conftest import ROOT, make_jpeg

BLOCKS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
NAMES = ("587722.jpg", "587731.jpg", "m31.png")


@pytest.fixture
def galaxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that README speaks of, in the working folder."""
    folder = tmp_path / "galaxies"
    folder.mkdir()
    for seed, name in enumerate(NAMES):
        (folder / name).write_bytes(make_jpeg(seed))
    if not (ROOT / "galaxyzoo" / "sky" / sky.PLACE).exists():
        monkeypatch.setattr(sky, "PLACE", str(make_model(tmp_path / "sky.safetensors")))
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_example_predicts_and_describes(galaxies: Path) -> None:
    examples = [block for block in BLOCKS if "load_model" in block]
    assert len(examples) == 1, "README needs one example of load_model"
    (example,) = examples
    made: dict[str, Any] = {}
    exec(example, made)  # noqa: S102  of our own README
    table = made["table"]
    assert table.index.tolist() == sorted(
        path.name.removesuffix(".jpg") for path in galaxies.iterdir()
    )
    assert list(table.columns) == bounded(GZ2.columns)
    assert made["fractions"].shape == (len(table), len(GZ2.columns))
    assert made["words"].index.equals(table.index)
