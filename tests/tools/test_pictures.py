"""The pictures of README: what their programs draw, of the pipeline and the results as they are."""

import xml.etree.ElementTree as ET

import pytest

from tests.conftest import ROOT
from tools.pictures import galaxy
from tools.pictures.__main__ import drawings
from tools.pictures.pipeline import edges, reached, read_stages, rows, without_shortcuts
from tools.pictures.results import COURSE, PLACES, at

STAGES = read_stages(ROOT)
TEXTS = "{http://www.w3.org/2000/svg}text"


def test_they_are_as_their_programs_draw_them() -> None:
    for path, drawn in drawings(ROOT).items():
        committed = (ROOT / path).read_text(encoding="utf-8")
        assert committed == drawn, f"{path} is another: python -m tools.pictures"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pipeline_has_all_stages(theme: str) -> None:
    drawn = ET.parse(ROOT / f"docs/pictures/pipeline_{theme}.svg")
    named = {text.text for text in drawn.iter(TEXTS) if "monospace" in text.get("font-family", "")}
    assert named == {*STAGES}


def test_arrows_are_those_that_no_others_make_needless() -> None:
    everything = edges(STAGES)
    assert ("make_sample", "crop_resize") in everything
    assert ("split", "figures") in everything
    drawn = without_shortcuts(everything)
    assert ("split", "figures") not in drawn
    for stage in STAGES:
        assert reached(stage, drawn) == reached(stage, everything)
    for arrow in drawn:
        assert arrow[1] not in reached(arrow[0], drawn - {arrow})


def test_a_row_holds_what_can_run_at_the_same_time() -> None:
    everything = edges(STAGES)
    placed = rows(STAGES, everything)
    assert sorted(stage for row in placed for stage in row) == sorted(STAGES)
    height = {stage: number for number, row in enumerate(placed) for stage in row}
    assert all(height[before] < height[after] for before, after in everything)


def test_every_result_is_within_the_picture() -> None:
    drawn = ET.parse(ROOT / "docs/pictures/results_light.svg").getroot()
    wide, high = float(drawn.get("width", 0)), float(drawn.get("height", 0))
    dots = drawn.findall("{http://www.w3.org/2000/svg}circle")
    measured = (ROOT / "docs/learning_curve.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(dots) == len(measured) + len(COURSE) + 1  # the model in the package
    for dot in dots:
        assert 0 < float(dot.get("cx", 0)) < wide
        assert 0 < float(dot.get("cy", 0)) < high
    said = [text.text for text in drawn.iter(TEXTS)]
    assert [f"place {rank}" in said for rank in PLACES] == [True] * len(PLACES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_galaxy_has_its_own_votes(theme: str) -> None:
    drawn = (ROOT / f"docs/pictures/tree_{theme}.svg").read_text(encoding="utf-8")
    assert "@media" not in drawn
    texts = [text.text or "" for text in ET.fromstring(drawn).iter(TEXTS)]
    numbers = [text for text in texts if text.endswith("%")]
    assert sorted(numbers[::2]) == sorted(f"{own:.0%}" for own in galaxy.render(ROOT).votes)


def test_more_galaxies_stand_right_and_smaller_errors_below() -> None:
    (few, bad), (many, good) = at(200, 0.14), at(2_612, 0.09)
    assert few < many
    assert bad < good
