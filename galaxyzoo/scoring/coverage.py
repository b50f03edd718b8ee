"""How often intervals hold the votes, and how wide they are: over all, and within groups.

An answer to a question that nobody was asked has no votes, whatever the galaxy: its fraction is 0
by definition, and counted apart. An answer that isn't known counts for nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.scoring.rmse import Fractions
from galaxyzoo.tree import Tree

MOSTLY = 0.5
"""The fraction of volunteers who were asked a question, from which on it is mostly asked"""

_BINS = 10
_DIGITS = 6
_ALMOST = 1e-6  # votes are sums and products of float32


@dataclass(frozen=True)
class Bounds:
    """The intervals around predictions [N, C]."""

    low: Fractions
    high: Fractions


Mask = NDArray[np.bool_]


def coverage_table(
    tree: Tree, predicted: Fractions, bounds: Bounds, voted: Fractions
) -> pd.DataFrame:
    """A row for each group of answers that isn't empty, in the order of the groups.

    Columns: group and name; predicted, the mean prediction; coverage, the share of the votes that
    the intervals hold; deviation, its standard error, from how galaxies differ; width, the mean of
    the intervals; answers and galaxies, of how many. The groups: all; question, by its name;
    mostly_asked, the same of the galaxies where at least half of the volunteers were asked it;
    predicted, in bins of 0.1 of the prediction; and unasked, the zeros that nobody could vote for.
    """
    inside = (voted >= bounds.low - _ALMOST) & (voted <= bounds.high + _ALMOST)
    width = bounds.high - bounds.low
    rows = [
        {"group": group, "name": name} | _describe(chosen, predicted, inside, width)
        for group, name, chosen in _groups(tree, predicted, voted)
        if chosen.any()
    ]
    return pd.DataFrame(rows).round(_DIGITS)


def _groups(tree: Tree, predicted: Fractions, voted: Fractions) -> Iterator[tuple[str, str, Mask]]:
    """Group, name, and which answers [N, C] are in it."""
    reach = np.empty(voted.shape)
    for question in tree.questions:
        reach[:, tree.span(question)] = tree.reach(question, voted)[:, None]
    asked, mostly = (reach > 0) & ~np.isnan(voted), (reach >= MOSTLY) & ~np.isnan(voted)
    yield "all", "all", asked
    for group, some in (("question", asked), ("mostly_asked", mostly)):
        for question in tree.questions:
            own = np.zeros_like(some)
            own[:, tree.span(question)] = some[:, tree.span(question)]
            yield group, question.name, own
    bins = np.clip(np.floor(predicted * _BINS), 0, _BINS - 1)
    for place in range(_BINS):
        yield "predicted", f"{place / _BINS:.1f}", asked & (bins == place)
    yield "unasked", "unasked", reach == 0


def _describe(
    chosen: Mask, predicted: Fractions, inside: Mask, width: Fractions
) -> dict[str, float]:
    of_each = chosen.sum(axis=1)
    held = (inside & chosen).sum(axis=1)
    coverage = held.sum() / of_each.sum()
    # answers to one galaxy are held or missed together, so that galaxies are what is drawn
    spread = np.sqrt(np.square(held - coverage * of_each).sum()) / of_each.sum()
    return {
        "predicted": float(predicted[chosen].mean()),
        "coverage": float(coverage),
        "deviation": float(spread),
        "width": float(width[chosen].mean()),
        "answers": int(of_each.sum()),
        "galaxies": int(np.count_nonzero(of_each)),
    }
