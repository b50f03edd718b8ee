from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from galaxyzoo.figures.style import RENDERED, as_networks, save_figure
from tests.figures.drawings import draw_all, spoilt_texts, words

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


def test_each_network_has_a_label_and_a_colour_of_its_own() -> None:
    networks = as_networks(["cnn", "resnet", "one-of-mine"])
    assert [network.label for network in networks] == ["CNN", "ResNet-18", "one-of-mine"]
    assert len({network.color for network in networks}) == 3
    assert as_networks(["cnn", "resnet"]) == networks[:2]
