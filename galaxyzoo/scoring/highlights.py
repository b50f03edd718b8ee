"""Which galaxies, answers and questions stand out: facts, which figures and report only show."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from galaxyzoo.scoring.rmse import galaxy_rmse
from galaxyzoo.tree import Question, Tree


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


def rank_by_question(
    tree: Tree, predicted: pd.DataFrame, voted: pd.DataFrame, shown: int = 4
) -> list[tuple[Question, pd.Series]]:
    """For each question whose votes are known of any galaxy, the `shown` worst predicted ones.

    A series has the RMSE over the question's answers by GalaxyID, the largest first. Takes what
    `rank_galaxies` takes.
    """
    found = []
    for question in tree.questions:
        columns = list(question.columns)
        own = rank_galaxies(predicted[columns], voted[columns], shown).worst
        if len(own):
            found.append((question, own))
    return found


def largest_misses(
    predicted: pd.DataFrame, voted: pd.DataFrame, galaxy_id: str, question: Question, shown: int = 3
) -> list[str]:
    """The columns of the answers to a question that are furthest off for a galaxy, as they stand.

    Among equals the first wins; only known ones, so there may be fewer.
    """
    columns = list(question.columns)
    missed = (predicted.loc[[galaxy_id], columns] - voted.loc[[galaxy_id], columns]).iloc[0]
    largest = missed.abs().dropna().sort_values(ascending=False, kind="stable").index[:shown]
    return [column for column in columns if column in largest]


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
