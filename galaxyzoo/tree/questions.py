"""What a decision tree of Galaxy Zoo is: questions, their answers, and which of these lead on.

Volunteers answer questions about a galaxy, and come to most questions only through certain answers
to an earlier one. A column of labels holds the fraction of all of a galaxy's volunteers who gave
one answer, so the answers to a question sum to the fraction of those who were asked it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError

ID_COLUMN = "GalaxyID"
"""The column of a table that names each galaxy"""


class TreeError(UserError):
    """Some questions don't make a decision tree."""


@dataclass(frozen=True)
class Answer:
    """One answer to a question."""

    column: str
    """The column of the labels that holds its fraction"""
    text: str
    """What volunteers read"""
    words: str = ""
    """What a short description of a galaxy says of it; nothing where it is empty"""
    stem: str = ""
    """What the names of its columns begin with in the published catalogue; empty: it has none"""


@dataclass(frozen=True)
class Question:
    """One question of a tree."""

    name: str
    text: str
    """What volunteers read"""
    answers: tuple[Answer, ...]
    after: tuple[str, ...] = ()
    """The columns of the answers, all to one earlier question, that lead to it: its own answers sum
    to the sum of theirs. Empty: everybody is asked, and they sum to 1."""
    stem: str = ""
    """What the published catalogue calls it; the stems of its answers begin with that"""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(answer.column for answer in self.answers)


@dataclass(frozen=True)
class Tree:
    """A decision tree, as a value.

    Raises TreeError, when it is made, if a name or a column comes twice; if a question follows
    answers that aren't all of one earlier question; or if the answers that lead to one question
    overlap with those that lead to another and neither holds the other.
    """

    name: str
    questions: tuple[Question, ...]
    """In the order of their columns, each after the one that leads to it"""
    described: tuple[str, ...] = ()
    """Which questions a short description of a galaxy speaks of, by name, in its order"""

    def __post_init__(self) -> None:
        _refuse_twins("question", [question.name for question in self.questions])
        _refuse_twins("column", list(self.columns))
        for place, question in enumerate(self.questions):
            _check_parent(question, self.questions[:place])
        _check_nesting(self.questions)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the labels, in order: a galaxy's fractions are an array of so many."""
        return tuple(column for question in self.questions for column in question.columns)

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """All answers, by column."""
        return {answer.column: answer for q in self.questions for answer in q.answers}

    @cached_property
    def texts(self) -> dict[str, str]:
        """What volunteers read of each answer, by column."""
        return {column: answer.text for column, answer in self.answers.items()}

    @cached_property
    def roots(self) -> tuple[Question, ...]:
        """The questions that everybody is asked."""
        return tuple(question for question in self.questions if not question.after)

    def question(self, name: str) -> Question:
        return next(question for question in self.questions if question.name == name)

    def number(self, question: Question) -> int:
        """The place of a question, from 1 on."""
        return self._numbers[question.name]

    def span(self, question: Question) -> slice:
        """Where a question's answers stand in an array whose last axis is the columns."""
        return self._spans[question.name]

    def places(self, question: Question) -> list[int]:
        """Where the answers that lead to a question stand among the columns."""
        return [self.columns.index(column) for column in question.after]

    def after(self, column: str) -> tuple[Question, ...]:
        """The questions that a volunteer comes to who gives the answer in `column`."""
        return tuple(question for question in self.questions if column in question.after)

    def asker(self, column: str) -> Question:
        """The question whose answer stands in `column`."""
        return next(question for question in self.questions if column in question.columns)

    def depth(self, question: Question) -> int:
        """How many questions a volunteer has answered who comes to this one."""
        return 1 + self.depth(self.asker(question.after[0])) if question.after else 0

    def reach(self, question: Question, fractions: NDArray[np.floating]) -> NDArray[np.floating]:
        """The fraction of volunteers who were asked `question`: [N], from `fractions` [N, C]."""
        if not question.after:
            return np.ones(len(fractions), fractions.dtype)
        reached: NDArray[np.floating] = fractions[:, self.places(question)].sum(axis=1)
        return reached

    def violations(self, fractions: NDArray[np.floating]) -> NDArray[np.floating]:
        """By how much the answers to each question miss the sum that the tree asks for.

        Takes fractions of shape [N, columns], gives [N, questions]: the absolute difference
        between a question's answers, summed, and the fraction of volunteers who were asked it.
        """
        sums = [
            fractions[:, self.span(q)].sum(axis=1) - self.reach(q, fractions)
            for q in self.questions
        ]
        missed: NDArray[np.floating] = np.abs(np.stack(sums, axis=1))
        return missed

    def as_dict(self) -> dict[str, Any]:
        """The tree in lists, dicts and strings, from which `from_dict` makes it again."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """The tree that `as_dict` gave; keys that aren't known are passed over.

        Raises TreeError if it is none, and LookupError or TypeError if parts are missing.
        """
        questions = tuple(
            Question(
                name=str(question["name"]),
                text=str(question["text"]),
                answers=tuple(map(_answer_from, question["answers"])),
                after=tuple(map(str, question["after"])),
                stem=str(question.get("stem", "")),
            )
            for question in content["questions"]
        )
        return cls(str(content["name"]), questions, tuple(map(str, content["described"])))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {question.name: n for n, question in enumerate(self.questions, start=1)}

    @cached_property
    def _spans(self) -> dict[str, slice]:
        spans: dict[str, slice] = {}
        first = 0
        for question in self.questions:
            spans[question.name] = slice(first, first + len(question.answers))
            first += len(question.answers)
        return spans


def _answer_from(content: Mapping[str, Any]) -> Answer:
    # files from before trees had stems have none
    column, text, words = (str(content[name]) for name in ("column", "text", "words"))
    return Answer(column, text, words, str(content.get("stem", "")))


def _refuse_twins(what: str, names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins or not names:
        said = f"the {what} {', '.join(twins)} comes more than once" if twins else f"no {what}"
        raise TreeError(f"a decision tree: {said}")


def _check_parent(question: Question, earlier: tuple[Question, ...]) -> None:
    """Answers that lead to a question must be all of one of the `earlier` questions."""
    asked = any(set(question.after) <= set(parent.columns) for parent in earlier)
    if question.after and not asked:
        raise TreeError(
            f"the question {question.name} follows {', '.join(question.after)}: these must be "
            "answers of one question that comes before it"
        )


def _check_nesting(questions: tuple[Question, ...]) -> None:
    # Sets that cross would make no tree of sums, and a projection would need iterations.
    for one, other in combinations(questions, 2):
        first, second = set(one.after), set(other.after)
        if first & second and not (first <= second or second <= first):
            raise TreeError(
                f"the answers that lead to {one.name} and to {other.name} overlap: one of them "
                "must hold the other, or they must have none in common"
            )
