"""The decision tree of Galaxy Zoo 2: 11 questions with 37 answers.

Willett et al. 2013 (arXiv:1308.3496), figure 1 and table 2, in the form of the Kaggle
competition "Galaxy Zoo - The Galaxy Challenge": a column ``ClassQ.A`` holds the fraction of all
of a galaxy's volunteers who gave answer A to question Q. A volunteer comes to most questions only
through a certain answer to an earlier one, so the answers to a question sum to the fraction of
that earlier answer, its `parent`. Every name, column and sum of the tree stands here, and nowhere
else.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Question:
    """One question of the tree.

    `parent` is the column to whose fraction the answers sum; None: everybody is asked, and they
    sum to 1. `first` is the position of the first answer among the 37 columns. `words` has what a
    short description of a galaxy says of each answer; nothing where it is empty.
    """

    number: int
    name: str
    text: str
    answers: tuple[str, ...]
    words: tuple[str, ...]
    parent: str | None
    first: int

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"Class{self.number}.{i}" for i in range(1, len(self.answers) + 1))

    @property
    def slice(self) -> slice:
        """Where this question's answers stand in an array whose last axis is the 37 columns."""
        return slice(self.first, self.first + len(self.answers))

    @property
    def parent_column(self) -> int | None:
        """Where the parent stands among the 37 columns."""
        return None if self.parent is None else COLUMNS.index(self.parent)


# name, text, parent, answers, words; question 6 is asked of everybody, stars and artifacts included
_TREE: tuple[tuple[str, str, str | None, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "smooth",
        "Is the galaxy smooth and rounded, with no sign of a disc?",
        None,
        ("Smooth", "Featured or disc", "Star or artifact"),
        ("smooth", "", "star or artifact"),
    ),
    (
        "edge_on",
        "Could this be a disc viewed edge-on?",
        "Class1.2",
        ("Edge on", "Not edge on"),
        ("disc seen edge-on", ""),
    ),
    (
        "bar",
        "Is there a bar through the centre of the galaxy?",
        "Class2.2",
        ("Bar through center", "No bar"),
        ("bar", "no bar"),
    ),
    (
        "spiral",
        "Is there a spiral arm pattern?",
        "Class2.2",
        ("Spiral", "No spiral"),
        ("spiral", "disc without spiral arms"),
    ),
    (
        "bulge",
        "How prominent is the central bulge?",
        "Class2.2",
        ("No bulge", "Just noticeable bulge", "Obvious bulge", "Dominant bulge"),
        ("", "", "", ""),
    ),
    ("odd", "Is there anything odd?", None, ("Odd feature", "No odd feature"), ("", "")),
    (
        "roundness",
        "How rounded is the smooth galaxy?",
        "Class1.1",
        ("Completely round", "In between", "Cigar shaped"),
        ("completely round", "oval", "cigar-shaped"),
    ),
    (
        "odd_feature",
        "What is the odd feature?",
        "Class6.1",
        ("Ring", "Lens or arc", "Disturbed", "Irregular", "Other", "Merger", "Dust lane"),
        ("ring", "lens or arc", "disturbed", "irregular", "other oddity", "merger", "dust lane"),
    ),
    (
        "edge_on_bulge",
        "What shape has the bulge of the edge-on disc?",
        "Class2.1",
        ("Rounded bulge", "Boxy bulge", "No bulge"),
        ("rounded bulge", "boxy bulge", "no bulge"),
    ),
    (
        "winding",
        "How tightly wound are the spiral arms?",
        "Class4.1",
        ("Tightly wound arms", "Medium wound arms", "Loose wound arms"),
        ("tightly wound", "medium wound", "loosely wound"),
    ),
    (
        "arms",
        "How many spiral arms are there?",
        "Class4.1",
        (
            "1 spiral arm",
            "2 spiral arms",
            "3 spiral arms",
            "4 spiral arms",
            "More than 4 spiral arms",
            "Can't tell how many arms",
        ),
        ("1 arm", "2 arms", "3 arms", "4 arms", "more than 4 arms", "arms uncounted"),
    ),
)


def _number_questions() -> tuple[Question, ...]:
    questions: list[Question] = []
    first = 0
    for number, (name, text, parent, answers, words) in enumerate(_TREE, start=1):
        questions.append(Question(number, name, text, answers, words, parent, first))
        first += len(answers)
    return tuple(questions)


QUESTIONS = _number_questions()
COLUMNS = tuple(column for question in QUESTIONS for column in question.columns)
"""The 37 label columns, ``Class1.1`` to ``Class11.6``, in the order of Kaggle's files."""

ANSWERS = {
    column: answer
    for question in QUESTIONS
    for column, answer in zip(question.columns, question.answers, strict=True)
}
"""What each column's answer says, in words."""

ID_COLUMN = "GalaxyID"


@cache
def questions_after(column: int | None) -> tuple[Question, ...]:
    """The questions that are asked after the answer in `column`; None: those asked of everybody."""
    return tuple(question for question in QUESTIONS if question.parent_column == column)


def reach(question: Question, fractions: NDArray[np.floating]) -> NDArray[np.floating]:
    """The fraction of volunteers who were asked `question`: shape [N], from `fractions` [N, 37]."""
    if question.parent_column is None:
        return np.ones(len(fractions), fractions.dtype)
    column: NDArray[np.floating] = fractions[:, question.parent_column]
    return column


def violations(fractions: NDArray[np.floating]) -> NDArray[np.floating]:
    """By how much the answers to each question miss the sum that the tree asks for.

    Takes fractions of shape [N, 37], gives [N, 11]: the absolute difference between a question's
    answers, summed, and the fraction of volunteers who were asked it; 0 where they agree.
    """
    sums = [fractions[:, q.slice].sum(axis=1) - reach(q, fractions) for q in QUESTIONS]
    missed: NDArray[np.floating] = np.abs(np.stack(sums, axis=1))
    return missed
