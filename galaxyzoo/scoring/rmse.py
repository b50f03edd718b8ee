"""The competition's score: the RMSE, over all answers, by question and by answer.

Everywhere in this room, an answer that isn't known is NaN in the votes, and counts for nothing:
means are over known answers, and NaN where none is. Predictions are always known.
"""

import math

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.tree import Tree

Fractions = NDArray[np.floating]

_NO_ERROR = 5e-7
"""An RMSE that is 0 in six digits"""


def rmse(predicted: Fractions, voted: Fractions) -> float:
    """The root of the mean squared error over all known answers of all galaxies."""
    return float(_root_mean_square(predicted, voted))


def galaxy_rmse(predicted: Fractions, voted: Fractions) -> NDArray[np.float64]:
    """The RMSE of each galaxy over its known answers: float64 [N], from fractions [N, C]."""
    return _root_mean_square(predicted, voted, axis=1)


def answer_rmse(predicted: Fractions, voted: Fractions) -> NDArray[np.float64]:
    """The RMSE of each answer over the galaxies of which it is known: float64 [C], from [N, C]."""
    return _root_mean_square(predicted, voted, axis=0)


def question_rmse(tree: Tree, predicted: Fractions, voted: Fractions) -> dict[str, float]:
    """The RMSE over the known answers to each question, by the question's name."""
    return {
        question.name: rmse(predicted[:, tree.span(question)], voted[:, tree.span(question)])
        for question in tree.questions
    }


def gain_percent(score: float, reference: float) -> float:
    """By how many percent `score` is below `reference`; negative where it is above.

    NaN where the reference makes no error, and so leaves nothing to gain, but `score` does.
    """
    if reference < _NO_ERROR:
        return 0.0 if score < _NO_ERROR else math.nan
    return 100 * (1 - score / reference)


def describe_gain(percent: float) -> str:
    """A gain in words: "+12.3%", or a dash where there is none to tell of."""
    return "-" if math.isnan(percent) else f"{percent:+.1f}%"


def mean_known(values: Fractions, known: NDArray[np.bool_], axis: int | None = None) -> Fractions:
    """The means of the `known` among some values of the same shape; NaN where none is."""
    total = np.where(known, values, 0).sum(axis=axis)
    with np.errstate(invalid="ignore"):
        means: Fractions = np.true_divide(total, known.sum(axis=axis), dtype=values.dtype)
    return means


def _root_mean_square(
    predicted: Fractions, voted: Fractions, axis: int | None = None
) -> NDArray[np.float64]:
    squared = np.square(predicted - voted, dtype=np.float64)
    root: NDArray[np.float64] = np.sqrt(mean_known(squared, ~np.isnan(voted), axis))
    return root
