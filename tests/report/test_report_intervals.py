"""What the report tells of intervals, where networks have them."""

from galaxyzoo.report.charts import all_charts
from galaxyzoo.report.page import render
from tests.conftest import QUESTIONS
from tests.report.facts_to_tell import make_facts
from tests.report.page_parts import Cells, Elements, told


def test_a_chart_and_a_table_show_what_intervals_hold() -> None:
    facts = make_facts(noise={"cnn": 0.1, "tuned": 0.001}, intervals=0.05)
    page = render(facts)
    (table,) = (own for name, own in Cells(page).tables.items() if name.startswith("Intervals by"))
    assert len(table) == 1 + len(QUESTIONS)
    assert table[0] == ["Question", "CNN", "Tuned ResNet"]
    assert table[1][2] == "100% in 0.10"
    assert int(table[1][1].partition("%")[0]) < 80
    assert "Those of Tuned ResNet hold 100.0% of the votes, and are 0.10 wide on average." in page
    assert {"id": "chart-coverage"}.items() <= Elements(page).attributes("div")[-2].items() or (
        'id="chart-coverage"' in page
    )
    rows = all_charts(facts)["coverage"].table
    assert set(rows["network"]) == {"CNN", "Tuned ResNet"}
    assert (rows.loc[rows["network"] == "Tuned ResNet", "coverage"] == 1).all()


def test_without_intervals_there_is_nothing_of_them() -> None:
    facts = make_facts()
    assert "coverage" not in all_charts(facts)
    assert "interval" not in told(render(facts)).replace("calibration_fraction", "")
