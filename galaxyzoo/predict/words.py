"""Fractions in words: the most likely answers to the questions that apply, and a description."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted, some
from galaxyzoo.tree import Question, Tree


class NoFractionsError(UserError):
    """A table holds no fractions that can be described; the message names column or row."""


@dataclass(frozen=True)
class LikelyAnswer:
    """The most likely answer to a question, and its fraction of those who were asked."""

    question: Question
    index: int
    """Its place among the question's answers"""
    fraction: float


def likely_answers(tree: Tree, fractions: NDArray[np.floating]) -> list[LikelyAnswer]:
    """The way down the tree: for one galaxy, the most likely answer to each question that applies.

    `fractions` has shape [columns]. A question applies if the most likely answer to an earlier one
    leads to it. Answers come in the order of the questions.
    """
    found: list[LikelyAnswer] = []
    waiting = list(tree.roots)
    while waiting:
        question = waiting.pop()
        own = fractions[tree.span(question)]
        index, asked = int(own.argmax()), float(own.sum())
        found.append(LikelyAnswer(question, index, float(own[index]) / asked if asked > 0 else 0.0))
        waiting += tree.after(question.columns[index])
    return sorted(found, key=lambda answer: tree.number(answer.question))


def describe(tree: Tree, answers: Sequence[LikelyAnswer]) -> str:
    """A galaxy in a few words, such as "spiral, 2 arms, medium wound, no bar"."""
    words = {own.question.name: own.question.answers[own.index].words for own in answers}
    return ", ".join(words[name] for name in tree.described if words.get(name))


def describe_table(tree: Tree, table: pd.DataFrame) -> pd.Series:
    """A description of each row of a table with the columns of `tree`: text, by the table's index.

    Raises NoFractionsError if a column is missing, or a value is no number.
    """
    missing = [column for column in tree.columns if column not in table.columns]
    if missing:
        raise NoFractionsError(
            f"the table: lacks {some(missing)}; describe takes a table that predict gave"
        )
    fractions = _numbers(table[list(tree.columns)])
    said = [describe(tree, likely_answers(tree, row)) for row in fractions]
    return pd.Series(said, table.index, dtype=str, name="description")


def _numbers(table: pd.DataFrame) -> NDArray[np.float64]:
    numbers = table.apply(pd.to_numeric, errors="coerce")
    values: NDArray[np.float64] = numbers.to_numpy(np.float64)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise NoFractionsError(
            f"the table: row {quoted(table.index[row])}, {table.columns[column]}: must be a "
            f"number, got {quoted(table.iat[row, column])}"
        )
    return values
