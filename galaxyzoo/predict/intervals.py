"""Intervals around predictions, each of which is to hold the volunteers' fraction.

How far the bounds of an answer are from its prediction are quantiles of how far the votes are:
linear in a few features of the prediction, which quantile regression fits to galaxies that the
network has not seen (calibrating.py). Predictions beyond the range that nearly all of them are in
are too few to learn from: there, bounds are at least as far as at the end of that range.
docs/intervals.md compares this with other ways, and says what it can't promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.networks.common.metadata import Fields
from galaxyzoo.predict.limits import MOST_VIEWS
from galaxyzoo.tree import Tree

Values = NDArray[np.float64]
Fractions = NDArray[np.floating]

COVERAGE = 0.9
"""The share of votes that intervals are made to hold, where nobody asks for another"""

LOW, HIGH = "_low", "_high"
"""What the names of the bounds' columns add to that of their answer"""

FEATURES = ("one", "fraction", "deviation")
"""Of a prediction, what the bounds are linear in: see `features`"""

_MOST = 1e3  # of a coefficient
DIGITS = 5
"""Of what a file says"""


@dataclass(frozen=True)
class Intervals:
    """The bounds around each of C answers."""

    coverage: float
    """The share of votes that they are made to hold"""
    galaxies: int
    """From how many they were learned"""
    views: int
    """Over how many views of an image the predictions were averaged from which they were learned"""
    usual: Values
    """[C, 2]: the range that nearly all predictions were in"""
    below: Values
    """[C, features]: what the features are multiplied with, and summed, for how far the lower bound
    is below the prediction"""
    above: Values
    """The same for how far the upper bound is above it"""

    def around(self, fractions: Fractions) -> tuple[Fractions, Fractions]:
        """The lower and the upper bounds of predictions [N, C], in their order and type.

        0 <= lower <= prediction <= upper <= 1, but for predictions that are outside of this range
        themselves.
        """
        known, kind = features(fractions, self.usual), fractions.dtype
        low = (fractions - distances(known, self.below).T).clip(0, 1).astype(kind)
        high = (fractions + distances(known, self.above).T).clip(0, 1).astype(kind)
        return np.minimum(low, fractions), np.maximum(high, fractions)

    def as_dict(self) -> dict[str, Any]:
        """As a model file has it, for `parse_intervals`."""
        return {
            "coverage": self.coverage,
            "galaxies": self.galaxies,
            "views": self.views,
            "features": list(FEATURES),
            "usual": self.usual.round(DIGITS).tolist(),
            "below": self.below.round(DIGITS).tolist(),
            "above": self.above.round(DIGITS).tolist(),
        }


def parse_intervals(metadata: Fields, tree: Tree) -> Intervals | None:
    """The intervals of a model file; None of one that has none.

    Raises MetadataError if they are none, or not such as are computed here.
    """
    if metadata.content.get("intervals") is None:
        return None
    own = metadata.part("intervals")
    if own.texts("features", len(FEATURES)) != list(FEATURES):
        own.refuse("features", f"{', '.join(FEATURES)}, which this galaxyzoo computes")
    answers = len(tree.columns)
    usual = np.array(own.table("usual", answers, 2, 1), np.float64)
    if (usual < 0).any() or (np.diff(usual) < 0).any():
        own.refuse("usual", f"{answers} pairs of fractions, the smaller one first")
    return Intervals(
        coverage=own.number("coverage", 0, 1),
        galaxies=own.whole("galaxies", 0, 10**9),
        views=own.whole("views", 1, MOST_VIEWS),
        usual=usual,
        below=np.array(own.table("below", answers, len(FEATURES), _MOST), np.float64),
        above=np.array(own.table("above", answers, len(FEATURES), _MOST), np.float64),
    )


def features(fractions: Fractions, usual: Values) -> Values:
    """[2, C, N, features] of predictions [N, C]: 1, the fraction p, and sqrt(p (1 - p)).

    By the last the votes of few volunteers scatter. First as they are, and then those of the
    nearest p within what is `usual` [C, 2], times how many times as large a larger one is: a bound
    that is near 0 there is so beyond.
    """
    p = np.asarray(fractions, np.float64).clip(0, 1)
    near = p.clip(*usual.T)
    both = np.stack([p, near]).transpose(0, 2, 1)
    known = np.stack([np.ones_like(both), both, np.sqrt(both * (1 - both))], axis=-1)
    known[1] *= np.divide(p, near, out=np.ones_like(p), where=p > near).T[..., None]
    return known


def distances(known: Values, coefficients: Values) -> Values:
    """How far from predictions a bound is: [C, N], from `features` [2, C, N, F].

    The larger of what a line says at a prediction, and of what it says at the nearest usual one in
    proportion.
    """
    lines = np.einsum("kcnf,cf->kcn", known, coefficients)
    larger: Values = lines.max(axis=0).clip(0)
    return larger


def beside(fractions: Fractions, low: Fractions, high: Fractions) -> Fractions:
    """[N, 3 C]: each column of [N, C] with its lower and its upper bound behind it."""
    return np.stack([fractions, low, high], axis=-1).reshape(len(fractions), -1)


def bounded(columns: Sequence[str]) -> list[str]:
    """The names of such columns."""
    return [name for own in columns for name in (own, own + LOW, own + HIGH)]
