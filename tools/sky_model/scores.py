"""How far the networks of a cross-validation are from the votes that they have not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import id_array, places_of
from galaxyzoo.base.messages import count, some
from galaxyzoo.scoring.rmse import question_rmse, rmse
from galaxyzoo.tree import ID_COLUMN, Tree

_DIGITS = 5


@dataclass(frozen=True)
class Scores:
    """RMSEs, of each fold one, in the order of the folds."""

    galaxies: int
    """In all folds together"""
    all_answers: tuple[float, ...]
    by_question: dict[str, tuple[float, ...]]
    """By the question's name, in the tree's order"""


def measure(tree: Tree, predictions: pd.DataFrame, voted: pd.DataFrame) -> Scores:
    """Score what `looking.predict_fold` gave of all folds, one after the other.

    `voted` has the columns of `tree`, and GalaxyIDs as its index. Raises UserError if a galaxy was
    predicted twice, or has no votes.
    """
    names = id_array(predictions[ID_COLUMN])
    places = places_of(names, id_array(voted.index))
    if (places < 0).any() or len(np.unique(names)) < len(names):
        wrong = names[(places < 0) | predictions[ID_COLUMN].duplicated().to_numpy()]
        these = count(len(wrong), "galaxy is", "galaxies are")
        raise UserError(f"{these} there twice, or without votes: {some(wrong)}")
    columns = list(tree.columns)
    folds = predictions["fold"].to_numpy()
    pairs = [
        (
            predictions.loc[folds == fold, columns].to_numpy(np.float32),
            voted.iloc[places[folds == fold]][columns].to_numpy(np.float64),
        )
        for fold in np.unique(folds)
    ]
    questions = [question_rmse(tree, *pair) for pair in pairs]
    return Scores(
        len(names),
        tuple(rmse(*pair) for pair in pairs),
        {name: tuple(own[name] for own in questions) for name in questions[0]},
    )


def mean(folds: Sequence[float]) -> float:
    return round(float(np.mean(folds)), _DIGITS)


def spread(folds: Sequence[float]) -> float:
    """The standard deviation of a fold's RMSE, from some of them."""
    return round(float(np.std(folds, ddof=1)), _DIGITS)
