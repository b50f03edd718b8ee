"""What a picture of a tree is made of: shapes and words, at places in pixels from its upper left.

Whoever draws needs nothing else: `svg.py` for pages, `galaxyzoo.figures` for files.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Ink(NamedTuple):
    """A colour on light paper, and on dark."""

    light: str
    dark: str


VOTED = Ink("#6a6f78", "#9aa0aa")
PREDICTED = Ink("#0072b2", "#3f9fdd")


@dataclass(frozen=True)
class Branches:
    """How many took each branch of a tree: one set of fractions of a picture."""

    label: str
    """What they are, such as "voted"; the legend has it"""
    fractions: Sequence[float]
    """[C] in the order of the tree's columns, each from 0 to 1; NaN: not known, and not drawn"""
    ink: Ink


def voted(fractions: Iterable[float]) -> Branches:
    """What volunteers said."""
    return Branches("voted", [float(own) for own in fractions], VOTED)


def predicted(fractions: Iterable[float], label: str = "predicted") -> Branches:
    """What a network says."""
    return Branches(label, [float(own) for own in fractions], PREDICTED)


class Ribbon(NamedTuple):
    """A branch, or a part of one: it bends from `left` to `bend`, and runs straight to `right`."""

    left: float
    top: float
    bend: float
    bend_top: float
    right: float
    thick: float
    owner: int
    """Which set of fractions it is of"""


class Node(NamedTuple):
    """Where a question is asked: an upright bar as high as its branches are wide."""

    left: float
    top: float
    width: float
    height: float


Role = Literal["question", "answer", "faint", "number"]


class Words(NamedTuple):
    """A line of text, `left` and `base` its beginning, or its end where it is a number."""

    left: float
    base: float
    text: str
    role: Role
    owner: int = 0
    """Which set of fractions a number is of"""


@dataclass(frozen=True)
class TreePicture:
    """A tree, laid out."""

    width: float
    height: float
    ribbons: list[Ribbon]
    nodes: list[Node]
    words: list[Words]
