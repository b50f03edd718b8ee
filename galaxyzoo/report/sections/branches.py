"""The decision tree as a picture: of one galaxy, and of all."""

import math
from typing import Any

import pandas as pd
from markupsafe import Markup

from galaxyzoo.drawing.marks import predicted, voted
from galaxyzoo.drawing.svg import tree_svg
from galaxyzoo.figures.style import NOT_KNOWN
from galaxyzoo.report.chart_rows import question_title
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.pictures import data_address
from galaxyzoo.scoring.branches import mean_branches, only

_WIDTH = 928
"""Of the page's text, in pixels"""


def about_branches(facts: Facts) -> dict[str, Any]:
    tested = facts.tested_showpiece
    own = only(facts.voted, tested), only(facts.best.predicted, tested)
    everybody = mean_branches(facts.voted, facts.best.predicted)
    return {
        "tested": tested,
        "tested_src": data_address(facts.processed[tested]),
        "tested_tree": _picture(facts, *own, f"Decision tree of galaxy {tested}"),
        "tested_votes": _rows(facts, *own),
        "mean_tree": _picture(facts, *everybody, "Decision tree of all test galaxies"),
        "mean_votes": _rows(facts, *everybody),
    }


def _picture(facts: Facts, said: pd.Series, guessed: pd.Series, title: str) -> Markup:
    return Markup(tree_svg(facts.tree, [voted(said), predicted(guessed)], title, _WIDTH))


def _rows(facts: Facts, said: pd.Series, guessed: pd.Series) -> list[dict[str, str]]:
    """The numbers of a picture, for who wants to read them."""
    return [
        {
            "question": question_title(facts.tree, question) if place == 0 else "",
            "answer": answer.text,
            "voted": _percent(said[answer.column]),
            "predicted": _percent(guessed[answer.column]),
        }
        for question in facts.tree.questions
        for place, answer in enumerate(question.answers)
    ]


def _percent(fraction: float) -> str:
    return NOT_KNOWN if math.isnan(fraction) else f"{fraction:.0%}"
