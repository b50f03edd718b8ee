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
roots' sums, which are 1, give each price and each fraction, from the roots to the leaves. Where a
question follows several answers, their sum is a node of its own, between them and their question:
it has a price like a question, and takes a share like an answer. In game theory the set is called a
treeplex, and this recursion on it is known (Hoda, Gilpin, Pena, Sandholm 2010, "Smoothing
techniques for computing Nash equilibria of sequential games").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import Question, Tree

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


def project(tree: Tree, fractions: NDArray[np.floating]) -> Values:
    """The nearest consistent fractions to each galaxy's predicted ones: float64 [N, columns].

    Nearest in the sense of the squared differences, summed over the columns of `fractions`, those
    of `tree`, which may be any finite numbers. Sums agree with the tree to some 1e-15.
    """
    sums = [_grow(tree, question) for question in tree.roots]
    predicted = np.asarray(fractions, np.float64)
    projected = np.empty_like(predicted)
    for first in range(0, len(predicted), _CHUNK):
        rows = slice(first, first + _CHUNK)
        _Projection(predicted[rows], projected[rows]).run(sums)
    return projected


@dataclass(frozen=True, eq=False)
class _Sum:
    """Parts that share a sum: the answers to a question, or some of them that lead to another."""

    parts: "tuple[_Part, ...]"


@dataclass(frozen=True, eq=False)
class _Part:
    """An answer, or several to one question, with the questions that hang on it."""

    inner: "int | _Sum"
    """The answer's column, or the several answers"""
    hanging: tuple[_Sum, ...]


def _grow(tree: Tree, question: Question) -> _Sum:
    """A question with all that hangs on its answers."""
    following = [q for q in tree.questions if set(q.after) & set(question.columns)]
    return _Sum(_split(tree, question.columns, following))


def _split(tree: Tree, columns: Sequence[str], following: list[Question]) -> tuple[_Part, ...]:
    """The answers `columns` in parts, so that each of the questions `following` hangs on one.

    The tree holds that two sets of answers that lead to questions are nested or apart, so the
    largest set that an answer is in holds all the others.
    """
    parts: list[_Part] = []
    left = list(columns)
    while left:
        leading = [set(q.after) for q in following if left[0] in q.after]
        largest = max(leading, key=len, default={left[0]})
        own = [column for column in left if column in largest]
        hanging = tuple(_grow(tree, q) for q in following if set(q.after) == largest)
        within = [q for q in following if set(q.after) < largest]
        inner = _Sum(_split(tree, own, within)) if len(own) > 1 else tree.columns.index(own[0])
        parts.append(_Part(inner, hanging))
        left = [column for column in left if column not in largest]
    return tuple(parts)


class _Projection:
    """One chunk of galaxies on its way up and down the tree."""

    def __init__(self, predicted: Values, projected: Values) -> None:
        self.predicted = predicted
        self.projected = projected
        self.shares: dict[_Part, _Rising] = {}
        """The fraction that a part takes, by the price of the sum that it belongs to"""
        self.prices: dict[_Sum, _Rising] = {}
        """The price that the parts of a sum share, by the sum"""

    def run(self, roots: Sequence[_Sum]) -> None:
        everybody = np.ones(len(self.predicted))
        for root in roots:
            self._climb(root)
            self._descend(root, everybody)

    def _climb(self, sum_: _Sum) -> _Rising:
        for part in sum_.parts:
            self.shares[part] = self._price_of(part).inverse()
        total = reduce(add, (self.shares[part] for part in sum_.parts))
        self.prices[sum_] = total.inverse()
        return self.prices[sum_]

    def _price_of(self, part: _Part) -> _Rising:
        alone = (
            self._climb(part.inner)
            if isinstance(part.inner, _Sum)
            else self._price_alone(part.inner)
        )
        return reduce(add, map(self._climb, part.hanging), alone)

    def _price_alone(self, column: int) -> _Rising:
        predicted = self.predicted[:, column]
        zeros, ones = np.zeros((len(predicted), 1)), np.ones((len(predicted), 1))
        return _Rising(-predicted, zeros, ones)

    def _descend(self, sum_: _Sum, asked: Values) -> None:
        price = self.prices[sum_](asked)
        for part in sum_.parts:
            share = self.shares[part](price)
            if isinstance(part.inner, _Sum):
                self._descend(part.inner, share)
            else:
                self.projected[:, part.inner] = share
            for following in part.hanging:
                self._descend(following, share)
