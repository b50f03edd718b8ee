"""Predictions that obey the decision tree: the nearest fractions that volunteers could have given.

The consistent fractions (none below 0, and each question's answers summing to the fraction of
those who were asked it) are a convex set that holds every galaxy's true votes. So a prediction's
nearest point in that set, its Euclidean projection, is at least as near to the truth as the
prediction itself.

The projection is exact, and found without iterations. Seen alone, an answer whose prediction is p
takes the value x at the price x - p; the questions that hang on it add their own prices for
letting x volunteers through. Each price is a piecewise linear function of x that only rises. From
the leaves of the tree to its roots, these functions are added (over the questions that hang on an
answer) and inverted and added (over the answers to a question, which share one price); then the
roots' sums, which are 1, give each price and each fraction, from the roots to the leaves. In game
theory the set is called a treeplex, and this recursion on it is known (Hoda, Gilpin, Pena,
Sandholm 2010, "Smoothing techniques for computing Nash equilibria of sequential games").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import Question, questions_after

Values = NDArray[np.float64]

_CHUNK = 1024  # galaxies at a time, whose functions stay in the processor's caches


@dataclass(frozen=True)
class _Rising:
    """For each of N galaxies a piecewise linear function, which rises from its first hinge on.

    At x it is `start` plus, over all hinges, `slopes` times what x exceeds `hinges` by.
    """

    start: Values
    """[N]: the value before the first hinge"""
    hinges: Values
    """[N, K]"""
    slopes: Values
    """[N, K]: by how much the slope grows at each hinge"""

    def __call__(self, x: Values) -> Values:
        beyond = np.maximum(x[:, None] - self.hinges, 0)
        value: Values = self.start + np.einsum("nk,nk->n", beyond, self.slopes)
        return value

    def __add__(self, other: "_Rising") -> "_Rising":
        return _Rising(
            self.start + other.start,
            np.concatenate([self.hinges, other.hinges], axis=1),
            np.concatenate([self.slopes, other.slopes], axis=1),
        )

    def inverse(self) -> "_Rising":
        """The function that leads back, from the first hinge on; before, it stays at that hinge."""
        # Stable: of hinges at one place, those that flatten a function come after its first.
        order = np.argsort(self.hinges, axis=1, kind="stable")
        hinges = np.take_along_axis(self.hinges, order, axis=1)
        slopes = np.cumsum(np.take_along_axis(self.slopes, order, axis=1), axis=1)
        rises = np.diff(hinges, axis=1) * slopes[:, :-1]
        values = np.cumsum(np.concatenate([self.start[:, None], rises], axis=1), axis=1)
        return _Rising(hinges[:, 0], values, np.diff(1 / slopes, axis=1, prepend=0))


def project(fractions: NDArray[np.floating]) -> Values:
    """The nearest consistent fractions to each galaxy's predicted ones: float64 [N, 37].

    Nearest in the sense of the squared differences, summed over the 37 columns of `fractions`,
    which may be any finite numbers. Sums agree with the tree to some 1e-15.
    """
    predicted = np.asarray(fractions, np.float64)
    projected = np.empty_like(predicted)
    for first in range(0, len(predicted), _CHUNK):
        rows = slice(first, first + _CHUNK)
        _Projection(predicted[rows], projected[rows]).run()
    return projected


class _Projection:
    """One chunk of galaxies on its way up and down the tree."""

    def __init__(self, predicted: Values, projected: Values) -> None:
        self.predicted = predicted
        self.projected = projected
        self.shares: dict[int, _Rising] = {}
        """By column: the fraction that an answer takes, by the price of its question"""
        self.prices: dict[int, _Rising] = {}
        """By a question's number: its price, by the fraction that is asked it"""

    def run(self) -> None:
        everybody = np.ones(len(self.predicted))
        for root in questions_after(None):
            self._climb(root)
            self._descend(root, everybody)

    def _climb(self, question: Question) -> None:
        for column in _columns(question):
            self.shares[column] = self._price_of_answer(column).inverse()
        total = _sum([self.shares[column] for column in _columns(question)])
        self.prices[question.number] = total.inverse()

    def _price_of_answer(self, column: int) -> _Rising:
        predicted = self.predicted[:, column]
        zeros, ones = np.zeros((len(predicted), 1)), np.ones((len(predicted), 1))
        price = _Rising(-predicted, zeros, ones)
        for question in questions_after(column):
            self._climb(question)
            price += self.prices[question.number]
        return price

    def _descend(self, question: Question, asked: Values) -> None:
        price = self.prices[question.number](asked)
        for column in _columns(question):
            share = self.shares[column](price)
            self.projected[:, column] = share
            for following in questions_after(column):
                self._descend(following, share)


def _sum(functions: list[_Rising]) -> _Rising:
    total = functions[0]
    for function in functions[1:]:
        total += function
    return total


def _columns(question: Question) -> range:
    return range(question.slice.start, question.slice.stop)
