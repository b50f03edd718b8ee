"""The page: facts, charts and sentences put into the template of the folder page/."""

import json
import math
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from galaxyzoo.base.ids import ascending
from galaxyzoo.figures.style import NOT_KNOWN
from galaxyzoo.report import words
from galaxyzoo.report.chart_rows import ALL_QUESTIONS, question_title
from galaxyzoo.report.charts import all_charts
from galaxyzoo.report.citations import SOURCES, cite
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.map_chart import map_content
from galaxyzoo.report.origin import about_labels
from galaxyzoo.report.pictures import data_address
from galaxyzoo.report.sections.branches import about_branches
from galaxyzoo.report.sections.data import about_data
from galaxyzoo.report.sections.galaxies import about_galaxies
from galaxyzoo.report.sections.looking import about_looking
from galaxyzoo.report.sections.mapped import about_map
from galaxyzoo.report.sections.missed import about_missed
from galaxyzoo.report.sections.networks import about_networks
from galaxyzoo.report.sections.scores import about_scores
from galaxyzoo.report.vega import chart_library

_PAGE = files("galaxyzoo.report") / "page"


def render(facts: Facts) -> str:
    """The whole page as HTML: it holds its images, styles, scripts and data, and loads nothing."""
    environment = Environment(
        loader=PackageLoader("galaxyzoo.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals["cite"] = cite
    environment.filters["known"] = _known
    galaxies = about_galaxies(facts)
    return environment.get_template("report.html.j2").render(
        {
            "style": _inline("report.css"),
            "script": _inline("report.js") + _inline("map.js"),
            "vega": Markup(chart_library()),
            "data": _data(facts, galaxies["by_answer"]),
        }
        | _about_all(facts)
        | about_data(facts)
        | about_labels(facts)
        | about_networks(facts)
        | about_scores(facts)
        | about_branches(facts)
        | about_looking(facts)
        | about_missed(facts)
        | about_map(facts)
        | galaxies
    )


def _known(value: float, form: str) -> str:
    """A number in a form such as "%.3f", where it is one."""
    return NOT_KNOWN if math.isnan(value) else form % value


def _inline(name: str) -> Markup:
    return Markup((_PAGE / name).read_text())


def _data(facts: Facts, by_answer: dict[str, list[dict[str, Any]]]) -> Markup:
    """What the page's script reads."""
    shown = {galaxy["galaxy_id"] for own in by_answer.values() for galaxy in own}
    content = {
        "charts": {name: chart.as_json() for name, chart in all_charts(facts).items()},
        "map": map_content(facts) if len(facts.results.feature_map.places) else None,
        "images": {i: data_address(facts.processed[i]) for i in ascending(shown)},
    }
    # "</" would end the script element, and "<!--" with "<script" keep it open
    text = json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Markup(text)


def _about_all(facts: Facts) -> dict[str, Any]:
    """What every section speaks of."""
    tree = facts.tree
    return {
        "facts": facts,
        "words": words,
        "params": {name: own.model_dump() for name, own in facts.parameters.items()},
        "galaxies": facts.galaxies,
        "prep": facts.preparation,
        "tree": tree,
        "questions": tree.questions,
        "titles": {q.name: question_title(tree, q) for q in tree.questions},
        "all_questions": ALL_QUESTIONS,
        "sources": SOURCES,
    }
