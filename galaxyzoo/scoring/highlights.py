"""Which galaxies, answers and questions stand out: facts, which figures and report only show."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from galaxyzoo.base.ids import id_array, places_in_order
from galaxyzoo.scoring.rmse import galaxy_rmse
from galaxyzoo.tree import Tree


class Exemplar(NamedTuple):
    """The galaxy with the highest vote fraction for one answer."""

    column: str
    galaxy_id: str
    fraction: float


def find_exemplars(tree: Tree, labels: pd.DataFrame) -> list[Exemplar]:
    """For each answer that is known of any galaxy, the one with the highest vote fraction.

    `labels` holds the tree's columns, indexed by GalaxyID; NaN: not known. Among equals the lowest
    GalaxyID wins.
    """
    in_order = places_in_order(id_array(labels.index))
    ascending = labels.iloc[in_order][list(tree.columns)]
    fractions = ascending.fillna(-1).to_numpy()
    galaxy_ids = ascending.index.to_numpy()[fractions.argmax(axis=0)]
    return [
        Exemplar(column, str(galaxy_id), float(fraction))
        for column, galaxy_id, fraction in zip(
            tree.columns, galaxy_ids, fractions.max(axis=0), strict=True
        )
        if fraction >= 0
    ]


def deepest_exemplar(tree: Tree, labels: pd.DataFrame) -> Exemplar:
    """The exemplar of the answer furthest down the tree from which questions follow still.

    In Galaxy Zoo 2 that is the galaxy in which most volunteers saw spiral arms. Where no such
    answer has an exemplar, it is the first exemplar.
    """
    exemplars = find_exemplars(tree, labels)
    leading = [exemplar for exemplar in exemplars if tree.after(exemplar.column)]
    depth = {exemplar: tree.depth(tree.asker(exemplar.column)) for exemplar in leading}
    return max(leading, key=depth.__getitem__, default=exemplars[0])


class RankedGalaxies(NamedTuple):
    """The RMSE of some galaxies over their answers, by GalaxyID, in each of three groups."""

    best: pd.Series
    median: pd.Series
    worst: pd.Series


def rank_galaxies(predicted: pd.DataFrame, voted: pd.DataFrame, shown: int = 4) -> RankedGalaxies:
    """The `shown` best, middle and worst predicted galaxies, of those with a known answer.

    Both tables hold the tree's columns for the same galaxies in the same order, indexed by
    GalaxyID. Best and median come in ascending order of error, the worst from the very worst on.
    """
    errors = pd.Series(galaxy_rmse(predicted.to_numpy(), voted.to_numpy()), voted.index)
    errors = errors.dropna().sort_values(kind="stable")
    middle = max((len(errors) - shown) // 2, 0)
    return RankedGalaxies(
        best=errors[:shown],
        median=errors[middle : middle + shown],
        worst=errors[::-1][:shown],
    )


def find_telling_answers(tree: Tree, voted: pd.DataFrame, most: int = 6) -> list[str]:
    """The answer with the largest variance of each question; of these, the `most` largest.

    In the order of the columns. Variances are of known answers; a question without any has none.
    """
    variance = voted.var(ddof=0).dropna()
    own = [variance[variance.index.isin(question.columns)] for question in tree.questions]
    largest = [str(variances.idxmax()) for variances in own if len(variances)]
    chosen = variance[largest].sort_values(ascending=False, kind="stable").index[:most]
    return [column for column in voted.columns if column in chosen]


def largest_votes(votes: pd.Series, shown: int = 3) -> list[str]:
    """The columns of the answers that most volunteers gave to one galaxy, the largest first.

    Only known ones, so there may be fewer. Among equals the first column wins.
    """
    known = votes.dropna().sort_values(ascending=False, kind="stable")
    return [str(column) for column in known.index[:shown]]


def highest_predictions(predicted: pd.Series, shown: int) -> list[str]:
    """The GalaxyIDs with the highest predictions for one answer, the highest first."""
    places = np.argsort(-predicted.to_numpy(), kind="stable")[:shown]
    return [str(galaxy_id) for galaxy_id in predicted.index[places]]


def hardest_answers(answers: pd.DataFrame) -> tuple[list[str], float]:
    """The columns with the largest RMSE, and that RMSE, from one model's rows of the answer table.

    A question of two answers that everybody is asked has the same error at both.
    """
    error = float(answers["rmse"].max())
    return list(answers.loc[np.isclose(answers["rmse"], error), "column"]), error
