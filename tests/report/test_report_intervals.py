"""What the report tells of intervals, where networks have them."""

from dataclasses import replace

import pandas as pd

from galaxyzoo.report.charts import all_charts
from galaxyzoo.report.page import render
from tests.conftest import QUESTIONS
from tests.report.facts_to_tell import make_facts
from tests.report.page_parts import Cells, told


def test_a_chart_and_a_table_show_what_intervals_hold() -> None:
    facts = make_facts(noise={"cnn": 0.1, "tuned": 0.001}, intervals=0.05)
    page = render(facts)
    (table,) = (own for name, own in Cells(page).tables.items() if name.startswith("Intervals by"))
    assert len(table) == 1 + len(QUESTIONS)
    assert table[0] == ["Question", "CNN", "Tuned ResNet"]
    assert table[1][2] == "100% in 0.10; 100%"
    assert int(table[1][1].partition("%")[0]) < 80
    assert "Those of Tuned ResNet hold 100.0% of the votes, and are 0.10 wide on average." in page
    places = [page.index(f'id="chart-{name}"') for name in ("calibration", "coverage", "widths")]
    assert places == sorted(places)
    zeros = facts.results.coverage.iloc[:2].assign(group="unasked", coverage=0.987, answers=1200)
    told_apart = replace(
        facts.results, coverage=pd.concat([facts.results.coverage, zeros.assign(model="cnn")[:1]])
    )
    page = render(replace(facts, results=told_apart))
    assert "counted apart: of 1,200 such zeros, intervals hold 98.7% (CNN)." in " ".join(
        page.split()
    )
    made_for = facts.parameters["predict"].model_copy(update={"coverage": 0.6})
    other = replace(facts, parameters=dict(facts.parameters) | {"predict": made_for})
    assert "meant to hold the voted one for 60% of" in " ".join(told(render(other)).split())
    rows = all_charts(facts)["coverage"].table
    assert set(rows["network"]) == {"CNN", "Tuned ResNet"}
    assert (rows.loc[rows["network"] == "Tuned ResNet", "coverage"] == 1).all()


def test_without_intervals_there_is_nothing_of_them() -> None:
    facts = make_facts()
    assert "coverage" not in all_charts(facts)
    assert "interval" not in told(render(facts)).replace("calibration_fraction", "")
