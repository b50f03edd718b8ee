"""The catalogue: a row of CSV for each galaxy, as Kaggle or as astronomers read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import COLUMNS, ID_COLUMN, QUESTIONS, Question, questions_after

ColumnType = Literal["integer", "text", "float"]

# In a description, what a galaxy is comes first, and what is odd about it last
_DESCRIBED = (
    "smooth",
    "edge_on",
    "spiral",
    "arms",
    "winding",
    "bar",
    "roundness",
    "edge_on_bulge",
    "odd_feature",
)

# 9 digits, as in Kaggle's files: enough to get the same float32 back
_FRACTIONS = ",".join(["%.9g"] * len(COLUMNS))


@dataclass(frozen=True)
class Answer:
    """The most likely answer to a question, and its fraction of those who were asked."""

    question: Question
    index: int
    """Its place among the question's answers"""
    fraction: float


def likely_answers(fractions: NDArray[np.floating]) -> list[Answer]:
    """The way down the tree: for one galaxy, the most likely answer to each question that applies.

    `fractions` has shape [37]. A question applies if the answer that leads to it is the most likely
    one to its own question. Answers come in the order of the questions.
    """
    found: list[Answer] = []
    waiting = list(questions_after(None))
    while waiting:
        question = waiting.pop()
        own = fractions[question.slice]
        index, asked = int(own.argmax()), float(own.sum())
        found.append(Answer(question, index, float(own[index]) / asked if asked > 0 else 0.0))
        waiting += questions_after(question.first + index)
    return sorted(found, key=lambda answer: answer.question.number)


def describe(answers: Sequence[Answer]) -> str:
    """A galaxy in a few words, such as "spiral, 2 arms, medium wound, no bar".

    It leaves out the bulge of a disc that isn't seen edge-on.
    """
    words = {answer.question.name: answer.question.words[answer.index] for answer in answers}
    return ", ".join(words[name] for name in _DESCRIBED if words.get(name))


@dataclass(frozen=True)
class Layout:
    """Which columns a catalogue has."""

    by_id: bool
    """The first is GalaxyID; else the name of the file"""
    described: bool
    """With the answers on the way down the tree, their fractions, and a description"""

    def columns(self) -> dict[str, ColumnType]:
        """The type of each column, by its name, in order."""
        columns: dict[str, ColumnType] = {ID_COLUMN: "integer"} if self.by_id else {"file": "text"}
        columns |= dict.fromkeys(COLUMNS, "float")
        if self.described:
            for question in QUESTIONS:
                columns |= {question.name: "text", f"{question.name}_fraction": "float"}
            columns["description"] = "text"
        return columns

    def header(self) -> str:
        return ",".join(self.columns()) + "\n"

    def rows(self, names: Sequence[int | str], fractions: NDArray[np.float32]) -> str:
        """The lines of some galaxies: GalaxyIDs or names, and their fractions [N, 37]."""
        return "".join(
            f"{_cell(str(name))},{_FRACTIONS % tuple(row.tolist())}{self._description(row)}\n"
            for name, row in zip(names, fractions, strict=True)
        )

    def _description(self, row: NDArray[np.float32]) -> str:
        if not self.described:
            return ""
        answers = likely_answers(row)
        return f",{','.join(_answer_cells(answers))},{_cell(describe(answers))}"


def _answer_cells(answers: Sequence[Answer]) -> Iterator[str]:
    """Answer and fraction of each question; empty where it does not apply."""
    by_question = {answer.question.number: answer for answer in answers}
    for question in QUESTIONS:
        answer = by_question.get(question.number)
        if answer is None:
            yield ","
        else:
            yield f"{_cell(question.answers[answer.index])},{answer.fraction:.6f}"


def _cell(text: str) -> str:
    """A cell of a CSV (RFC 4180); what isn't Unicode in the name of a file is written as \\xNN."""
    text = text.encode("utf-8", "backslashreplace").decode()
    if any(special in text for special in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
