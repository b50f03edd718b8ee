"""What the report says of the labels: where they come from, and what is not known of them."""

from typing import Any

from galaxyzoo.report.chart_rows import question_title
from galaxyzoo.report.facts import Facts
from galaxyzoo.tree import LabelColumn
from galaxyzoo.tree.columns import CALLED

_WEIGHTED = "They are no bare counts: volunteers were weighted by how well they agree with others"
_MADE: dict[LabelColumn, str] = {
    "kaggle": _WEIGHTED,
    "weighted_fraction": _WEIGHTED,
    "debiased": (
        f"{_WEIGHTED}, and the fractions corrected for what small and faint images do not show"
    ),
    "fraction": "They are bare counts: every volunteer has one vote",
}
"""How the fractions of each column were made of votes"""


def about_labels(facts: Facts) -> dict[str, Any]:
    """What the template says of the labels."""
    origin, tree, rendered = facts.origin, facts.tree, facts.galaxies.rendered
    titles = {question.name: question_title(tree, question) for question in tree.questions}
    return {
        "origin": origin,
        "column": "votes of simulated volunteers" if rendered else CALLED[origin.column],
        "made": "" if rendered else _MADE[origin.column],
        "dropped": [(why, rows) for why, rows in origin.dropped.items() if rows],
        "unknown": [(titles[name], own) for name, own in origin.masked.items() if own],
    }
