"""README: it is short, and its figures are those of the results and of the model card."""

import re

import pytest

from galaxyzoo import sky
from galaxyzoo.networks.common.reading import read_metadata
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "docs/results.md").read_text(encoding="utf-8")
RMSE = re.compile(r"\b0\.\d{2,5}\b")


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_first_screen_has_the_results_and_the_two_commands() -> None:
    first = "\n".join(README.splitlines()[:45])
    for needed in (
        "results_light.svg",
        "    make repro ",
        "    make test ",
        "galaxyzoo classify IMAGES",
    ):
        assert needed in first


@pytest.mark.parametrize("text", [README, RESULTS], ids=["README", "results"])
def test_the_model_of_the_sky_is_as_good_as_its_card_says(text: str) -> None:
    card = read_metadata(sky.path()).content["card"]
    plain = " ".join(text.split())
    (said,) = re.findall(r"RMSE (?:of|is) \**(0\.\d{4})\**", plain)
    assert said == f"{card['rmse']:.4f}"
    assert (
        f"{card['galaxies']:,} real galaxies" in plain
        or f"all {card['galaxies']:,} galaxies" in plain
    )


def test_its_figures_are_among_the_results() -> None:
    known = [float(number) for number in RMSE.findall(RESULTS)]
    for said in RMSE.findall(README):
        digits = len(said) - len("0.")
        assert any(f"{number:.{digits}f}" == said for number in known), said


def test_the_galaxy_got_the_answers_that_it_says() -> None:
    drawn = (ROOT / "docs/pictures/tree_light.svg").read_text(encoding="utf-8")
    voted, predicted = re.findall(r">Spiral<.*?>(\d+%)<.*?>(\d+%)<", drawn)[0]
    assert f"Here {voted} of volunteers saw spiral arms, and the network {predicted} " in README


def test_the_map_of_the_house_has_every_room() -> None:
    house = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = [
        path.name for path in (ROOT / "galaxyzoo").iterdir() if (path / "__init__.py").is_file()
    ]
    assert [room for room in rooms if not re.search(rf"\b{room}/", house)] == []
