"""Intervals from the predictions of a cross-validation, each of a galaxy that was not learned."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.predict.calibrating import calibrate
from galaxyzoo.predict.intervals import Intervals
from galaxyzoo.scoring.coverage import Bounds, coverage_table
from galaxyzoo.tree import ID_COLUMN, Tree

_DIGITS = 5
_OF_EACH = ["coverage", "deviation", "galaxies"]


def intervals_of(
    tree: Tree, predictions: pd.DataFrame, voted: pd.DataFrame, views: int
) -> Intervals:
    """Those learned from what `looking.predict_fold` gave of all folds, one after the other.

    `voted` has the columns of `tree`, and GalaxyIDs as its index; predictions are means over so
    many `views`.
    """
    return calibrate(tree, *_both(tree, predictions, voted), views)


def held_out(
    tree: Tree, predictions: pd.DataFrame, voted: pd.DataFrame, views: int
) -> dict[str, Any]:
    """What intervals hold of the votes on each fold, if they are learned from all others.

    Coverage and mean width over all answers to questions that anybody was asked; and the coverage
    where at least half of the volunteers were asked, as mostly_asked: over all questions, and
    by_question with its standard error and the number of galaxies.
    """
    predicted, votes = _both(tree, predictions, voted)
    low, high, folds = np.empty_like(predicted), np.empty_like(predicted), predictions["fold"]
    for fold in folds.unique():
        own = (folds == fold).to_numpy()
        intervals = calibrate(tree, predicted[~own], votes[~own], views)
        low[own], high[own] = intervals.around(predicted[own])
    table = coverage_table(tree, predicted, Bounds(low, high), votes)
    whole, mostly = (table[table["group"] == group] for group in ("all", "mostly_asked"))
    of_most = np.average(mostly["coverage"], weights=mostly["answers"])
    return {
        "coverage": round(float(whole["coverage"].iloc[0]), _DIGITS),
        "width": round(float(whole["width"].iloc[0]), _DIGITS),
        "mostly_asked": round(float(of_most), _DIGITS),
        "by_question": mostly.set_index("name")[_OF_EACH].round(_DIGITS).to_dict("index"),
    }


def _both(
    tree: Tree, predictions: pd.DataFrame, voted: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns = list(tree.columns)
    votes = voted.loc[predictions[ID_COLUMN], columns]
    return predictions[columns].to_numpy(np.float64), votes.to_numpy(np.float64)
