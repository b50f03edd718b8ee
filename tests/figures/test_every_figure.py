from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from galaxyzoo.figures.style import RENDERED, save_figure
from tests.conftest import ANSWERS
from tests.figures.drawings import draw_all, spoilt_texts, words
from tests.small_tree import SMALL

drawn = cache(draw_all)


def test_files_hold_pixels_alone_twice_as_many_as_a_readme_shows(tmp_path: Path) -> None:
    save_figure(drawn(("cnn",), False)["loss"], tmp_path / "loss.png")
    with Image.open(tmp_path / "loss.png") as image:
        assert (image.width, image.mode, image.info) == (1700, "RGB", {})


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    names = set(mpl.rcParams) - {"backend"}  # which is chosen when it is first asked for
    before = {name: mpl.rcParams[name] for name in names}
    draw_all(("cnn",), rendered=True)
    assert {name: mpl.rcParams[name] for name in names} == before


@pytest.mark.parametrize(
    ("names", "rendered"), [(("cnn",), False), (("cnn", "resnet", "tuned"), True)]
)
def test_all_text_is_legible(names: tuple[str, ...], rendered: bool) -> None:
    for name, figure in drawn(names, rendered).items():
        assert (name, spoilt_texts(figure)) == (name, [])


@pytest.mark.parametrize(
    ("names", "rendered"), [(("cnn",), False), (("cnn", "resnet", "tuned"), True)]
)
def test_rendered_galaxies_are_called_so_and_real_ones_are_not(
    names: tuple[str, ...], rendered: bool
) -> None:
    for name, figure in drawn(names, rendered).items():
        said = words(figure)
        assert (RENDERED in said) == rendered, name
        assert ("rendered" in said.lower()) == rendered, name
        assert "known" not in said, "all is known here"


def test_figures_are_of_whatever_tree_they_are_given() -> None:
    figures = drawn(("cnn", "resnet"), False, SMALL)
    said = {name: words(figure) for name, figure in figures.items()}
    for name, figure in figures.items():
        assert (name, spoilt_texts(figure)) == (name, [])
    for name in ("exemplars", "answer_rmse"):
        assert all(column in said[name] for column in SMALL.columns), name
        assert all(text in said[name] for text in SMALL.texts.values()), name
    assert len(figures["predicted_voted"].axes) == 2 * len(SMALL.questions)
    for name in ("rmse", "predictions"):
        assert "7 answers" in said[name]
    lines = {line for text in said.values() for line in text.splitlines()}
    assert not lines & set(ANSWERS.values())
    assert not any("Class" in line or "37" in line.split() for line in lines)
