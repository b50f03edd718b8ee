"""Fractions of those who were asked a question, multiplied down the tree."""

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import Tree

Fractions = NDArray[np.float64]


def multiply_down(tree: Tree, shares: Fractions) -> Fractions:
    """Make fractions of all volunteers, which obey the tree, of shares of those who were asked.

    `shares` is [N, C], at least 0; the answers to a question needn't sum to 1, and are divided by
    their sum. NaN in one of them makes the question unknown; that all are 0 says that nobody
    answered. Gives [N, C]: 0 where nobody came to a question; NaN for all answers to one that some
    came to and whose answers aren't known, or that nobody answered, and for those to all questions
    that hang on such a one.
    """
    fractions = np.zeros_like(shares)
    for question in tree.questions:
        span = tree.span(question)
        reached = tree.reach(question, fractions)[:, None]
        fractions[:, span] = np.where(reached == 0, 0, _of_one(shares[:, span]) * reached)
    return fractions


def _of_one(shares: Fractions) -> Fractions:
    """The answers to a question, divided by their sum; NaN where that is 0, or one isn't known."""
    sums = shares.sum(axis=1, keepdims=True)
    of_one: Fractions = shares / np.where(sums == 0, np.nan, sums)
    return of_one


def masked(tree: Tree, fractions: NDArray[np.floating]) -> dict[str, int]:
    """How many galaxies have no known answers to a question, by its name; those of none left out.

    `fractions` is [N, C].
    """
    unknown = {
        question.name: int(np.isnan(fractions[:, tree.span(question)]).any(axis=1).sum())
        for question in tree.questions
    }
    return {name: number for name, number in unknown.items() if number}
