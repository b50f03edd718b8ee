import json
import re
from html.parser import HTMLParser

import pytest

from galaxyzoo.report.page import render
from galaxyzoo.tree import ANSWERS, COLUMNS, QUESTIONS
from tests.report.facts_to_tell import make_facts


@pytest.fixture(scope="module")
def page() -> str:
    return render(make_facts())


class Elements(HTMLParser):
    """The start tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


def test_the_same_facts_give_the_same_page(page: str) -> None:
    assert render(make_facts()) == page


def test_it_is_small_and_loads_nothing(page: str) -> None:
    assert len(page.encode()) <= 5_000_000
    elements = Elements(page)
    sources = [
        a["src"] or "" for tag in ("img", "script") for a in elements.attributes(tag) if "src" in a
    ]
    assert sources
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    assert [link["href"] for link in elements.attributes("link")] == ["data:,"]
    assert "default-src 'none'" in page


def test_rendered_galaxies_are_told_of_at_the_top(page: str) -> None:
    assert page.index("These galaxies are rendered") < page.index("<main")
    assert "These galaxies are rendered" not in render(make_facts(rendered=False))


def test_every_answer_has_its_exemplar_twice_and_its_gallery(page: str) -> None:
    elements = Elements(page)
    alternatives = [image["alt"] or "" for image in elements.attributes("img")]
    for what in ("Original image", "Processed image"):
        shown = [alt.split(": ")[1] for alt in alternatives if alt.startswith(what)]
        assert shown == list(ANSWERS.values())
    lists = [own["data-answer"] for own in elements.attributes("ul") if "data-answer" in own]
    assert lists == list(COLUMNS)


def test_charts_have_their_data(page: str) -> None:
    facts = make_facts()
    data = json.loads(re.findall(r'id="report-data">(.*?)</script>', page, re.DOTALL)[0])
    rows = {name: len(chart["rows"]) for name, chart in data["charts"].items()}
    assert rows["curves"] == sum(2 * len(network.history) for network in facts.networks)
    assert rows["answers"] == len(facts.networks) * len(COLUMNS)
    joint = data["charts"]["joint"]
    count, question = joint["fields"].index("count"), joint["fields"].index("question")
    whole = sum(row[count] for row in joint["rows"] if row[question] == "All questions")
    assert whole == len(facts.networks) * facts.voted.size


def test_it_answers_for_what_the_course_asks(page: str) -> None:
    for question in QUESTIONS:
        assert question.text in page
    for said in (
        "Weight decay",
        "mean vote",
        "central pixel",
        "Largest error of a sum",
        "save_jpegs",
    ):
        assert said in page


def test_names_from_files_cannot_become_markup() -> None:
    facts = make_facts()
    facts.parameters["data"]["images"] = "<script>alert(1)</script>"  # type: ignore[index]
    assert "<script>alert(1)" not in render(facts)
