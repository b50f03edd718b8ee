"""The Python of the pages runs as it stands there, in a folder of a few galaxies."""

import doctest
from pathlib import Path
from typing import Any

import pytest

import galaxyzoo
from galaxyzoo import sky
from galaxyzoo.predict.intervals import bounded
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model
from galaxyzoo.tree import GZ2
from tests.classify.classify_inputs import make_intervals, make_model
from tests.conftest import make_jpeg
from tests.docs.pages import PAGES, fenced, text_of

PAGE = "docs/python.md"
NAMES = ("587722.jpg", "587731.jpg", "m31.png")


@pytest.fixture
def galaxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page speaks of, in the working folder; and a small model of the sky."""
    folder = tmp_path / "galaxies"
    folder.mkdir()
    for seed, name in enumerate(NAMES):
        (folder / name).write_bytes(make_jpeg(seed))
    model = tmp_path / "sky.safetensors"
    settings = PredictSettings(views=2, project=True)
    export_model(
        make_model(tmp_path / "trained"), model, settings, Measured(make_intervals(views=2))
    )
    monkeypatch.setattr(sky, "PLACE", str(model))
    monkeypatch.chdir(tmp_path)
    return folder


def test_the_example_predicts_and_describes(galaxies: Path) -> None:
    (example,) = (code for page in PAGES for code in fenced(page, "python") if "load_model" in code)
    made: dict[str, Any] = {}
    exec(example, made)  # noqa: S102  of our own page
    table = made["table"]
    assert table.index.tolist() == sorted(
        path.name.removesuffix(".jpg") for path in galaxies.iterdir()
    )
    assert list(table.columns) == bounded(GZ2.columns)
    assert made["fractions"].shape == (len(table), len(GZ2.columns))
    assert made["words"].index.equals(table.index)


@pytest.mark.usefixtures("galaxies")
def test_every_line_gives_what_stands_below_it() -> None:
    session = doctest.DocTestParser().get_doctest(
        "\n".join(fenced(PAGE, "pycon")), {}, PAGE, PAGE, 0
    )
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(session)
    assert result.failed == 0
    assert result.attempted > 20


def test_no_other_page_has_python_that_is_not_run() -> None:
    assert [page for page in PAGES if page != PAGE and fenced(page, "pycon")] == []


def test_everything_public_is_told() -> None:
    for name in galaxyzoo.__all__:
        assert f"`galaxyzoo.{name}(" in text_of(PAGE), name
