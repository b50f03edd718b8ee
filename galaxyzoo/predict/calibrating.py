"""Intervals learned from galaxies that a network has not seen.

Linear quantile regression (Koenker and Bassett 1978, Econometrica 46, 33) of how far the votes are
from the predictions on features of these. Bounds are then widened until those that were fitted to
some of the galaxies hold the votes on the others as often as they should: conformalised quantile
regression (Romano, Patterson, Candes 2019, arXiv:1905.03222), with cross-validation in the place of
its split (Barber, Candes, Ramdas, Tibshirani 2021, arXiv:1905.02928). That is done for each answer,
and then for each question over the galaxies where most volunteers were asked it: a share that is
right over all galaxies need not be right within a group (Mondrian conformal prediction: Vovk,
Gammerman, Shafer 2005, chapter 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.predict.intervals import (
    COVERAGE,
    DIGITS,
    Fractions,
    Intervals,
    Values,
    distances,
    features,
)
from galaxyzoo.tree import Tree

ASKED_BY_MOST = 0.5
"""The fraction of volunteers who were asked a question, from which on most were"""

LEAST = 20
"""Galaxies whose votes on an answer are known, and whose volunteers were asked its question: below,
the interval is all that there is, 0 to 1. Where most volunteers were asked a question: below, it is
not looked at apart"""

_PARTS = 5  # of the cross-validation
_ROUNDS = 40  # of the regression
_NEAR, _NEARER, _NEAREST = 0.05, 0.8, 1e-3
_RIDGE = 1e-4
_THIN = 1e-3  # of a fraction: bounds nearer than this to a prediction are widened as if so far
_WIDER = (0.5, 2.0)  # the range of the factor for an answer, before that for its question
_RARE = 0.05  # of the predictions of an answer: so many on each side are beyond what is usual
_FEW_ASKED, _MOST_ASKED = 1.0, 9.0  # weights


@dataclass(frozen=True)
class Known:
    """What the bounds of N galaxies and C answers are learned from; answers come first."""

    coverage: float
    """The share of votes that they are to hold"""
    features: Values
    """[2, C, N, F], as `intervals.features` gives them; the first of F is 1"""
    fractions: Values
    """[C, N]: as predicted"""
    votes: Values
    """[C, N]"""
    weights: Values
    """[C, N]: what `weigh` gives; 0 where a vote tells nothing"""
    questions: Sequence[slice]
    """Which of the answers are to the same one"""

    def of(self, galaxies: NDArray[np.bool_]) -> "Known":
        """Some of the galaxies."""
        return Known(
            self.coverage,
            self.features[:, :, galaxies],
            self.fractions[:, galaxies],
            self.votes[:, galaxies],
            self.weights[:, galaxies],
            self.questions,
        )

    def mostly_asked(self, question: slice) -> NDArray[np.bool_]:
        """[answers, N]: where most volunteers were asked the question, and their votes are known"""
        return np.equal(self.weights[question], _MOST_ASKED)


def calibrate(
    tree: Tree, predicted: Fractions, voted: Fractions, views: int, coverage: float = COVERAGE
) -> Intervals:
    """The intervals of a network that predicted these fractions [N, C], over so many views.

    `voted` [N, C] are the votes, NaN where they aren't known. The network must not have learned
    from these galaxies. Intervals are to hold a `coverage` of the votes.
    """
    weights = weigh(tree, voted)
    usual = usual_range(predicted, weights)
    known = Known(
        coverage,
        features(predicted, usual),
        np.asarray(predicted, np.float64).T,
        np.nan_to_num(np.asarray(voted, np.float64)).T,
        weights.T,
        [tree.span(question) for question in tree.questions],
    )
    return Intervals(coverage, len(predicted), views, usual, *learn_bounds(known))


def usual_range(predicted: Fractions, weights: Values) -> Values:
    """[C, 2]: from where to where nearly all predictions [N, C] are whose votes tell something.

    Beyond, they are too few for quantiles to be learned from them, and lines that were fitted to
    the others cross there: with the surest predictions, intervals would have no width.
    """
    usual = np.tile([0.0, 1.0], (predicted.shape[1], 1))
    for answer, (own, tells) in enumerate(zip(predicted.T, weights.T > 0, strict=True)):
        if np.count_nonzero(tells) >= LEAST:
            usual[answer] = np.quantile(own[tells].clip(0, 1), [_RARE, 1 - _RARE])
    return usual.round(DIGITS)


def learn_bounds(known: Known) -> tuple[Values, Values]:
    """What the features are multiplied with for how far below and above predictions bounds are.

    [C, F] each.
    """
    _, answers, galaxies, number = known.features.shape
    all_of_it = np.tile(np.eye(number)[0], (answers, 1))  # 1 from a prediction, whatever it is
    if galaxies < LEAST:
        return all_of_it, all_of_it
    below, above = _fit(known)
    parts = np.random.default_rng(0).permutation(galaxies) % _PARTS
    wider = _widening(known, parts)[:, None]
    few = np.count_nonzero(known.weights, axis=1, keepdims=True) < LEAST
    return np.where(few, all_of_it, wider * below), np.where(few, all_of_it, wider * above)


def weigh(tree: Tree, voted: Fractions) -> Values:
    """How much each of the votes [N, C] counts.

    Votes of nobody, as nobody was asked, are 0 and tell nothing; others count.

    Those on questions that most were asked are few far down the tree, and the most looked at: they
    count so many times.
    """
    asked = np.empty(voted.shape)
    for question in tree.questions:
        asked[:, tree.span(question)] = tree.reach(question, voted)[:, None]
    weights = np.where(asked >= ASKED_BY_MOST, _MOST_ASKED, _FEW_ASKED * (asked > 0))
    weights[np.isnan(voted)] = 0
    return weights


def _fit(known: Known) -> tuple[Values, Values]:
    """The coefficients [C, F] of how far bounds are below predictions, and above them.

    Where the lower bound is 0, no vote is below it: so all that may miss are above the upper one.
    """
    off, missing = known.votes - known.fractions, 1 - known.coverage
    held = np.full(off.shape, 1 - missing / 2)
    below = _quantiles(known, -off, held)
    at_zero = distances(known.features, below) >= known.fractions
    return below, _quantiles(known, off, np.where(at_zero, 1 - missing, held))


def _quantiles(known: Known, y: Values, levels: Values) -> Values:
    """Linear quantile regression of `y` [C, N] at `levels` [C, N]: the coefficients [C, F].

    By majorising the pinball loss with parabolas that touch it at the last residuals (Hunter and
    Lange 2000, J. Comput. Graph. Stat. 9, 60).
    """
    x = known.features[0]
    weights = known.weights / known.weights.mean(axis=1, keepdims=True).clip(_RIDGE)
    ridge = _RIDGE * x.shape[1] * np.eye(x.shape[2])
    pull = weights * (2 * levels - 1)
    missed = y - np.median(y, axis=1, keepdims=True)
    for turn in range(_ROUNDS):
        own = weights / (max(_NEAR * _NEARER**turn, _NEAREST) + np.abs(missed))
        moments = (x * own[..., None]).transpose(0, 2, 1) @ x + ridge
        sums = (x * (own * y + pull)[..., None]).sum(axis=1)
        found: Values = np.linalg.solve(moments, sums[..., None])[..., 0]
        missed = y - np.einsum("cnf,cf->cn", x, found)
    return found


def _widening(known: Known, parts: NDArray[np.int64]) -> Values:
    """[C]: by how much bounds must be further from predictions to hold votes as they should.

    For each answer, and then together for those to a question, where most were asked it.
    """
    needed = _needed(known, parts)
    wider = _weighted_quantiles(needed, known.weights, known.coverage).clip(*_WIDER)
    needed /= wider[:, None]
    for question in known.questions:
        mostly = known.mostly_asked(question)
        if np.count_nonzero(mostly.any(axis=0)) >= LEAST:
            wider[question] *= _weighted_quantiles(
                needed[question].reshape(1, -1),
                mostly.reshape(1, -1).astype(np.float64),
                known.coverage,
            )
    return wider


def _needed(known: Known, parts: NDArray[np.int64]) -> Values:
    """[C, N]: by how much bounds must be further from a prediction to hold the vote on it.

    The bounds of each part of the galaxies are those learned from the others.
    """
    needed = np.empty(known.votes.shape)
    for part in np.unique(parts):
        own = known.of(parts == part)
        below, above = (
            distances(own.features, found).clip(_THIN) for found in _fit(known.of(parts != part))
        )
        off = own.votes - own.fractions
        needed[:, parts == part] = np.where(off < 0, -off / below, off / above)
    return needed


def _weighted_quantiles(values: Values, weights: Values, level: float) -> Values:
    """The least of each row of `values` [C, N] that so many are up to; one more than there are."""
    order = np.argsort(values, axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    count = np.count_nonzero(weights, axis=1, keepdims=True).clip(1)
    wanted = level * sums[:, -1:] * (1 + 1 / count)
    place = (sums < wanted).sum(axis=1).clip(max=values.shape[1] - 1)
    found: Values = values[np.arange(len(values)), order[np.arange(len(values)), place]]
    return found
