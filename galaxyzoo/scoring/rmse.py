"""The competition's score: the RMSE, over all answers, by question and by answer."""

import math

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import Tree

Fractions = NDArray[np.floating]


def rmse(predicted: Fractions, voted: Fractions) -> float:
    """The root of the mean squared error over all galaxies and answers."""
    return float(np.sqrt(np.mean(np.square(predicted - voted, dtype=np.float64))))


def galaxy_rmse(predicted: Fractions, voted: Fractions) -> NDArray[np.float64]:
    """The RMSE of each galaxy over its answers: float64 [N], from fractions of shape [N, C]."""
    return _root_mean_square(predicted, voted, axis=1)


def answer_rmse(predicted: Fractions, voted: Fractions) -> NDArray[np.float64]:
    """The RMSE of each answer over all galaxies: float64 [C], from fractions of shape [N, C]."""
    return _root_mean_square(predicted, voted, axis=0)


def question_rmse(tree: Tree, predicted: Fractions, voted: Fractions) -> dict[str, float]:
    """The RMSE over the answers to each question, by the question's name."""
    return {
        question.name: rmse(predicted[:, tree.span(question)], voted[:, tree.span(question)])
        for question in tree.questions
    }


def gain_percent(score: float, reference: float) -> float:
    """By how many percent `score` is below `reference`; negative where it is above.

    Where a reference has no error at all, as if all galaxies have the same votes: 0 for a score
    that has none either, else minus infinity.
    """
    if reference == 0:
        return 0.0 if score == 0 else -math.inf
    return 100 * (1 - score / reference)


def _root_mean_square(predicted: Fractions, voted: Fractions, axis: int) -> NDArray[np.float64]:
    squared = np.square(predicted - voted, dtype=np.float64)
    root: NDArray[np.float64] = np.sqrt(squared.mean(axis=axis))
    return root
