"""The pages of a real run, in a real browser without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import ANSWERS
from tests.pipeline.browser import Visit, colors, open_browser, outside, pixels, visit
from tests.pipeline.project import Project

CHARTS = (
    "curves",
    "growth",
    "answers",
    "calibration",
    "calibration-counts",
    "coverage",
    "widths",
    "joint",
    "map",
)
CUT_OFF = """
Array.from(document.querySelectorAll('.plot svg text')).filter(text => {
  const [own, whole] = [text, text.ownerSVGElement].map(e => e.getBoundingClientRect());
  const inside = own.left > whole.left - 1 && own.right < whole.right + 1;
  return own.width && !(inside && own.bottom < whole.bottom + 1);
}).map(text => text.textContent).concat(
  Array.from(document.querySelectorAll('.scroll:not(.picture)'))
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label')))
"""
"""Texts of charts that stand out of them, and tables that are wider than the page; the pictures of
trees, which are wide, may be scrolled within"""
REVISIONS = ((0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00))
"""The colours of the first and of the second, in DVC's charts"""
PHONE = {"width": 380, "height": 800}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def report(project: Project, browser: Browser) -> Iterator[Visit]:
    with visit(browser, project.folder / "report" / "index.html", viewport=DESKTOP) as opened:
        opened.page.wait_for_selector("html[data-drawn]")
        yield opened


def marks(report: Visit, chart: str) -> Locator:
    """The marks that a chart shows."""
    return report.page.locator(f"#chart-{chart} svg .role-mark path[transform]")


def test_the_report_loads_nothing_and_complains_of_nothing(report: Visit) -> None:
    report.page.mouse.wheel(0, 20_000)
    assert outside(report) == []
    assert report.errors == []


def test_every_image_and_chart_is_drawn(report: Visit) -> None:
    blank = report.page.evaluate(
        "Array.from(document.images).filter(i => !i.complete || !i.naturalWidth).map(i => i.alt)"
    )
    assert blank == []
    assert report.page.locator("img").count() > 74
    for chart in CHARTS:
        assert colors(report.page, f"#chart-{chart}") > 20, chart


def test_networks_can_be_switched_off_and_on(report: Visit) -> None:
    for chart in ("curves", "answers", "calibration"):
        everything = marks(report, chart).count()
        switch = report.page.locator(f'input[data-chart="{chart}"]').first
        switch.uncheck()
        expect(marks(report, chart)).not_to_have_count(everything)
        assert 0 < marks(report, chart).count() < everything, chart
        switch.check()
        expect(marks(report, chart)).to_have_count(everything)


def test_a_mark_tells_its_values(report: Visit) -> None:
    marks(report, "answers").first.hover()
    tooltip = report.page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert "RMSE" in tooltip.inner_text()
    assert "CNN" in tooltip.inner_text()


def test_the_table_of_a_chart_has_what_it_shows(report: Visit) -> None:
    details = report.page.locator('details[data-chart="answers"]')
    details.locator("summary").click()
    expect(details.locator("tbody tr")).to_have_count(3 * len(ANSWERS))
    report.page.locator('input[data-chart="answers"]').first.uncheck()
    expect(details.locator("tbody tr")).to_have_count(2 * len(ANSWERS))


def test_another_question_changes_the_chart_of_all_predictions(report: Visit) -> None:
    chart = report.page.locator("#chart-joint")
    before, picture = chart.inner_html(), chart.screenshot()
    report.page.locator('select[data-signal="question"]').select_option(index=4)
    changed = "before => document.querySelector('#chart-joint').innerHTML !== before"
    report.page.wait_for_function(changed, arg=before)
    assert chart.screenshot() != picture


def test_an_answer_can_be_picked(report: Visit) -> None:
    report.page.locator("#answer").select_option("Class8.4")
    shown = report.page.locator("#answer-galaxies > ul:visible")
    assert shown.count() == 1
    assert shown.get_attribute("data-answer") == "Class8.4"
    first = shown.locator(".bars > li:first-child")
    predicted = [float(own.split()[-1]) for own in first.locator(".predicted").all_inner_texts()]
    assert len(predicted) > 3
    assert predicted == sorted(predicted, reverse=True)
    assert first.locator(".voted").count() == len(predicted)


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_nothing_overflows_and_everybody_can_use_it(
    project: Project, browser: Browser, scheme: str, size: dict[str, int]
) -> None:
    page = project.folder / "report" / "index.html"
    with visit(browser, page, viewport=size, color_scheme=scheme) as opened:
        opened.page.wait_for_selector("html[data-drawn]")
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        expect(opened.page.locator("details[data-chart] table")).to_have_count(len(CHARTS))
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert opened.page.evaluate(CUT_OFF) == []
        found = Axe().run(opened.page)
        assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_reaches_switches_and_tables(report: Visit) -> None:
    report.page.locator('input[data-chart="curves"]').first.focus()
    report.page.keyboard.press("Space")
    assert not report.page.locator('input[data-chart="curves"]').first.is_checked()
    report.page.locator('details[data-chart="curves"] summary').focus()
    report.page.keyboard.press("Enter")
    report.page.locator('details[data-chart="curves"] table').wait_for()


def test_scales_stay_when_a_network_is_switched_off(report: Visit) -> None:
    for chart in ("curves", "answers", "calibration-counts", "widths"):
        labels = report.page.locator(f"#chart-{chart} svg .role-axis text")
        before, everything = labels.all_inner_texts(), marks(report, chart).count()
        report.page.locator(f'input[data-chart="{chart}"]').last.uncheck()
        expect(marks(report, chart)).not_to_have_count(everything)
        assert labels.all_inner_texts() == before, chart


def test_a_galaxy_of_the_map_shows_itself(report: Visit) -> None:
    dots = report.page.locator("#chart-map svg path[transform]")
    tested = int(report.page.evaluate("report.map.ids.length"))
    expect(dots).to_have_count(tested)
    report.page.locator("#map-pictures").uncheck()
    dots.last.hover()
    card = report.page.locator("#galaxy-card")
    said = card.inner_text()
    galaxy = report.page.evaluate("report.map.ids.at(-1)")
    assert f"GalaxyID {galaxy}" in said
    assert "Volunteers: " in said
    assert colors(report.page, "#galaxy-card img") > 20
    before = dots.last.get_attribute("transform")
    report.page.locator('input[name="map-network"]').first.check()
    expect(dots.last).not_to_have_attribute("transform", str(before))


def test_the_lowest_cells_stand_out_in_the_dark(project: Project, browser: Browser) -> None:
    page = project.folder / "report" / "index.html"
    with visit(browser, page, viewport=DESKTOP, color_scheme="dark") as opened:
        opened.page.wait_for_selector("html[data-drawn]")
        cells = opened.page.locator("#chart-joint svg .mark-rect.role-mark path")
        fills = set(cells.evaluate_all("own => own.map(e => getComputedStyle(e).fill)"))
        paper = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sorted(luminance(own) for own in fills)
        assert (light[0] + 0.05) / (luminance(paper) + 0.05) > 3


def luminance(color: str) -> float:
    """Of "rgb(1, 2, 3)", as WCAG has it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [own / 12.92 if own <= 0.04045 else ((own + 0.055) / 1.055) ** 2.4 for own in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_it_prints_on_twelve_pages_with_its_legends_and_bars(report: Visit) -> None:
    pdf = report.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
    report.page.emulate_media(media="print")
    legend = report.page.locator("#figure-curves .swatch")
    assert [own.is_visible() for own in legend.all()] == [True] * 3
    bars = (
        "Array.from(document.querySelectorAll('.bar'), e => getComputedStyle(e).printColorAdjust)"
    )
    assert set(report.page.evaluate(bars)) == {"exact"}
    wide = (
        "Array.from(document.querySelectorAll('.plot svg'), e => e.getBoundingClientRect().width)"
    )
    assert max(report.page.evaluate(wide)) <= DESKTOP["width"]
    assert not report.page.locator("nav").is_visible()


@pytest.fixture
def changed(project: Project) -> Iterator[None]:
    """A revision whose networks err twice as much."""
    for name, column in (("agreement", "rmse_after"), ("questions", "rmse"), ("answers", "rmse")):
        path = project.folder / "data" / "scores" / f"{name}.csv"
        table = pd.read_csv(path)
        table[column] *= 2
        table.to_csv(path, index=False)
    yield
    project.run("git", "restore", ".")


@pytest.mark.parametrize("command", [("show",), ("diff", "main")], ids=["show", "diff"])
@pytest.mark.usefixtures("changed")
def test_dvcs_own_page_needs_no_internet_and_colours_revisions(
    project: Project, browser: Browser, tmp_path: Path, command: tuple[str, ...]
) -> None:
    project.run("python", "-m", "tools.offline_plots")
    project.run("dvc", "plots", *command, "--out", str(tmp_path / "plots"))
    revisions = len(command)
    with visit(browser, tmp_path / "plots" / "index.html", viewport=DESKTOP) as opened:
        charts = opened.page.locator(".vega-embed")
        charts.nth(3).wait_for()
        assert outside(opened) == []
        assert opened.errors == []
        for number in range(charts.count()):
            assert colors(opened.page, f".vega-embed >> nth={number}") > 20
        broken = "Array.from(document.images).filter(i => !i.naturalWidth).map(i => i.src)"
        assert opened.page.evaluate(broken) == []
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
        for number in range(3):
            found = pixels(opened.page, f".vega-embed >> nth={number}")
            assert [color in found for color in REVISIONS] == [True, revisions == 2]
        places = opened.page.evaluate(
            "Array.from(document.images).map(i => [i.getBoundingClientRect().top, i.src])"
        )
        rows = {top for top, _ in places}
        assert len(places) == revisions * len(rows), "a figure's revisions stand side by side"
    said = project.run("git", "status", "--porcelain").split()
    assert all(word == "M" or word.startswith("data/scores/") for word in said)
