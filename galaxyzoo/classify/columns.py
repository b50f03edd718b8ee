"""The columns of fractions that a catalogue can have: Kaggle's products, or GZ2's fractions."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted, shorten
from galaxyzoo.predict.intervals import HIGH, LOW
from galaxyzoo.tree import GZ2, Question, Tree

ColumnType = Literal["text", "float"]
ColumnSet = Literal["kaggle", "gz2"]

COLUMN_SETS: tuple[ColumnSet, ...] = get_args(ColumnSet)


@dataclass(frozen=True)
class Heading:
    """What stands above a column of ours."""

    name: str
    kind: ColumnType
    description: str


def tree_with(columns: ColumnSet, tree: Tree) -> Tree:
    """`tree`, or for gz2 columns one like it that has the published names they are made of.

    Models from before trees had such names are of Galaxy Zoo 2, whose names are known. Raises
    UserError if the names of another tree are asked for, and it has none.
    """
    if columns not in COLUMN_SETS:
        raise UserError(f"columns: must be one of {', '.join(COLUMN_SETS)}, got {quoted(columns)}")
    stems = [stem for q in tree.questions for stem in (q.stem, *(own.stem for own in q.answers))]
    if columns == "kaggle" or all(stems):
        return tree
    if not any(stems) and _shape(tree) == _shape(GZ2):
        return GZ2
    raise UserError(
        "columns: gz2 needs the published names of all questions and answers, which the model's "
        f"tree, {shorten(tree.name)}, lacks; take kaggle"
    )


def _shape(tree: Tree) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(question.columns, question.after) for question in tree.questions]


def headings(tree: Tree, columns: ColumnSet, coverage: float | None = None) -> list[Heading]:
    """The columns of fractions, in order, as many as `numbers` gives.

    With a `coverage`, those of the intervals around Kaggle's products, too.
    """
    of_question = _published if columns == "gz2" else _products
    found = [heading for question in tree.questions for heading in of_question(question)]
    if coverage is None:
        return found
    return [each for own in found for each in (own, *_bounds(own, coverage))]


def _bounds(heading: Heading, coverage: float) -> list[Heading]:
    said = f"bound of the {100 * coverage:g}% interval of {heading.name}"
    return [
        Heading(heading.name + LOW, heading.kind, f"lower {said}"),
        Heading(heading.name + HIGH, heading.kind, f"upper {said}"),
    ]


def numbers(tree: Tree, columns: ColumnSet, fractions: NDArray[np.float32]) -> NDArray[np.float32]:
    """What stands in the columns of fractions, float32 [N, columns]; NaN for an empty cell.

    `fractions` [N, C] are those of all volunteers, in the order of the C `tree.columns`.
    """
    if columns == "kaggle":
        return fractions
    parts = [
        part
        for question in tree.questions
        for part in (
            tree.reach(question, fractions)[:, None],
            of_those_asked(fractions[:, tree.span(question)]),
        )
    ]
    return np.concatenate(parts, axis=1, dtype=np.float32)


def of_those_asked(fractions: NDArray[np.float32]) -> NDArray[np.float32]:
    """A question's answers as shares of those who were asked: [N, answers], NaN if nobody was."""
    asked = fractions.sum(axis=1, keepdims=True)
    shares = np.full_like(fractions, np.nan)
    np.divide(fractions, asked, out=shares, where=asked > 0)
    return shares


def _products(question: Question) -> list[Heading]:
    return [
        Heading(
            answer.column,
            "float",
            f'fraction of all volunteers who answer "{answer.text}" to "{question.text}"',
        )
        for answer in question.answers
    ]


def _published(question: Question) -> list[Heading]:
    reach = f'fraction of all volunteers who are asked "{question.text}"'
    return [
        Heading(f"{question.stem}_reach", "float", reach),
        *(
            Heading(
                f"{answer.stem}_fraction",
                "float",
                f'fraction of those who are asked "{question.text}" who answer "{answer.text}"; '
                "empty if nobody is",
            )
            for answer in question.answers
        ),
    ]
