"""The page of a run whose labels aren't the competition's, and are known in part."""

import json
import re

import pytest

from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.report.page import render
from galaxyzoo.scoring.leaderboard import PUBLISHED
from tests.report.facts_to_tell import TEST, make_facts
from tests.report.page_parts import Cells, Elements, recipe, told
from tests.small_tree import SMALL

ORIGIN = LabelFacts(
    "Hart et al. <2016>",
    "debiased",
    rows=239_695,
    dropped={"without an image": 1234, "twice": 0},
    masked={"tails": 5, "arms": 100},
)
"""Of nobody the arms are known"""


@pytest.fixture(scope="module")
def page() -> str:
    return render(make_facts({"cnn": 0.1}, rendered=False, tree=SMALL, origin=ORIGIN))


def test_it_says_where_the_labels_are_from_and_what_is_missing(page: str) -> None:
    assert "<dd>Hart et al. &lt;2016&gt;, 239,695 rows: debiased vote fractions</dd>" in page
    tables = Cells(page).tables
    assert tables["Rows that were left out"] == [["Why", "Rows"], ["without an image", "1,234"]]
    assert tables["Galaxies without known answers to a question"] == [
        ["Question", "Galaxies"],
        ["2. Does it have tails?", "5"],
        ["3. How many arms has it?", "100"],
    ]
    assert "the fractions corrected for what small and faint images do not show" in page


def test_what_is_not_known_is_said_so(page: str) -> None:
    said = told(page)
    assert not re.search(r"\bnan\b", said, re.IGNORECASE)
    assert recipe(page)["Objective"] == ["MSE over all 7 fractions, where known"]
    questions = {row[0]: row[1:] for row in Cells(page).tables["RMSE by question"][1:]}
    assert questions["3. How many arms has it?"] == ["not known"] * 3
    assert "not known" not in questions["2. Does it have tails?"]
    grids = said.count('<span class="no-image">not known</span>')
    assert grids == 2 * 2, "the originals and the processed images, of both answers"
    assert len([a for a in Elements(page).attributes("img") if "Original" in (a["alt"] or "")]) == 5
    for column in ("arms_two", "arms_more"):
        shown = said.split(f'data-answer="{column}"')[1].split('<ul class="cards"', maxsplit=1)[0]
        assert shown.count('style="--to: 0.0%"><span class="number">votes not known</span>') == 8


def test_its_charts_hold_known_numbers_alone(page: str) -> None:
    data = re.findall(r'id="report-data">(.*?)</script>', page, re.DOTALL)[0]
    charts = json.loads(data, parse_constant=pytest.fail)["charts"]
    assert len(charts["answers"]["rows"]) == 5
    count, question = map(charts["joint"]["fields"].index, ("count", "question"))
    counts = {row[question]: 0 for row in charts["joint"]["rows"]}
    for row in charts["joint"]["rows"]:
        counts[row[question]] += row[count]
    assert counts == {
        "All questions": 3 * TEST + 2 * (TEST - 5),
        "1. What is it?": 3 * TEST,
        "2. Does it have tails?": 2 * (TEST - 5),
    }


def test_nothing_of_kaggles_stands_beside_its_scores(page: str) -> None:
    said = told(page)
    head, *rows = Cells(page).tables["RMSE of every model, the best first"]
    assert head == ["Model", "RMSE", "Gain over central pixel"]
    assert len(rows) == 4
    assert rows[-1][0] == "Noise floor: a perfect model"
    assert all(len(row) == len(head) for row in rows)
    for score in (*PUBLISHED.values(), 0.0749):
        assert f"{score:.4f}" not in said
    assert "leaderboard" not in said.split('aria-labelledby="sources"')[0]
    assert "The labels are debiased vote fractions, not the competition" in said
