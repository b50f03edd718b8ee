"""What a picture of a tree says, in words: for those who do not see it."""

import math
from collections.abc import Sequence

from galaxyzoo.drawing.marks import Branches
from galaxyzoo.tree import Tree

_ASKED = 0.25
"""The fraction of volunteers from which on a question is spoken of"""


def describe(tree: Tree, sets: Sequence[Branches]) -> str:
    """The answer that most gave, for each question that many came to: "Voted: Smooth 80%, ..."."""
    return " ".join(f"{own.label.capitalize()}: {', '.join(_way(tree, own))}." for own in sets)


def _way(tree: Tree, own: Branches) -> list[str]:
    fractions = dict(zip(tree.columns, own.fractions, strict=True))
    said = []
    for question in tree.questions:
        reached = sum(fractions[column] for column in question.after) if question.after else 1.0
        most = max(question.columns, key=lambda column: _known(fractions[column]))
        if reached >= _ASKED and not math.isnan(fractions[most]):
            said.append(f"{tree.texts[most]} {fractions[most]:.0%}")
    return said or ["not known"]


def _known(fraction: float) -> float:
    return -1.0 if math.isnan(fraction) else fraction
