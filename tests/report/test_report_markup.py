"""Nothing that comes from a file becomes markup or script in the page."""

import json
from dataclasses import replace

from galaxyzoo.base.sections import DataParams
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.page import render
from galaxyzoo.tree import Answer, Tree
from tests.report.facts_to_tell import make_facts
from tests.report.page_parts import Elements
from tests.small_tree import SMALL

HOSTILE = "</script><script>alert(1)</script><!--<script><img src=x onerror=alert(2)>\"'{{7*7}}"


def test_names_from_files_cannot_become_markup() -> None:
    facts = make_facts()
    bad = "<script>alert(1)</script>"
    data = facts.parameters["data"].model_copy(update={"images": bad})
    page = render(replace(facts, parameters={**facts.parameters, "data": data}))
    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2  # in the text, and among all parameters


def hostile_facts() -> Facts:
    """Facts in which each text that comes from a file is HTML that does harm."""
    questions = tuple(
        replace(
            question,
            name=f"{question.name}{HOSTILE}",
            text=HOSTILE,
            answers=tuple(
                Answer(f"{own.column}{HOSTILE}", f"{own.text}{HOSTILE}", HOSTILE)
                for own in question.answers
            ),
            after=tuple(f"{column}{HOSTILE}" for column in question.after),
        )
        for question in SMALL.questions
    )
    facts = make_facts(tree=Tree(HOSTILE, questions))
    networks = [
        replace(own, info=replace(own.info, versions={HOSTILE: HOSTILE}, data_digest=HOSTILE))
        for own in facts.networks
    ]
    parameters = {
        **facts.parameters,
        "data": DataParams(images=HOSTILE, labels=HOSTILE, mapping=HOSTILE),
    }
    return replace(facts, networks=networks, parameters=parameters)


def test_what_comes_from_files_is_text_and_never_html() -> None:
    page, ordinary = render(hostile_facts()), render(make_facts(tree=SMALL))
    found, expected = Elements(page), Elements(ordinary)
    assert "{{7*7}}" in page, "no template is made of it"
    for tag in ("script", "iframe", "object"):
        assert len(found.attributes(tag)) == len(expected.attributes(tag))
    assert not any(name.startswith("on") for _, own in found.found for name in own)
    assert not any(own.get("src") == "x" for own in found.attributes("img"))
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page, "it is shown as it is"


def test_the_data_of_the_script_holds_no_tag_at_all() -> None:
    page = render(hostile_facts())
    data = page.split('id="report-data">')[1].split("</script>")[0]
    assert "<" not in data
    assert HOSTILE in json.dumps(json.loads(data), ensure_ascii=False).replace('\\"', '"')
