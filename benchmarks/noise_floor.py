"""How near to the labels a perfect model would come, and what debiasing does to that.

usage: python -m benchmarks.noise_floor LABELS [GZ2]

LABELS is the competition's training_solutions_rev1.csv. GZ2 is a table of the open Galaxy Zoo 2
data with weighted and debiased fractions (gz2_hart16.csv): of its galaxies, votes are drawn anew
from the weighted fractions, by as many volunteers as the table says, and debiased again as the
table did it, each answer's share times what the table made of it. How far these labels scatter is
the floor of debiased votes; it is printed as a ratio to the floor that `galaxyzoo.scoring` gives.
"""

import argparse
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.scoring.noise_floor import find_noise_floor, noise_floor
from galaxyzoo.tree import GZ2, Question

Values = NDArray[np.float64]

DRAWS, SEED = 30, 0


def shares_of(table: pd.DataFrame, kind: str) -> Values:
    """Each answer's share of those who were asked: [N, 37], 0 where nobody was."""
    columns = [f"{own.stem}_{kind}" for q in GZ2.questions for own in q.answers]
    return normalised(np.nan_to_num(table[columns].to_numpy(np.float64)))


def normalised(values: Values) -> Values:
    """Each question's answers divided by their sum; 0 where that is 0."""
    shares = np.zeros_like(values)
    for question in GZ2.questions:
        own = values[:, GZ2.span(question)]
        shares[:, GZ2.span(question)] = divided(own, own.sum(axis=1, keepdims=True))
    return shares


def divided(values: Values, by: Values) -> Values:
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)


def products(shares: Values) -> Values:
    """Fractions of all volunteers, as the competition has them."""
    labels = np.zeros_like(shares)
    for question in GZ2.questions:
        reached = GZ2.reach(question, labels)[:, None]
        labels[:, GZ2.span(question)] = shares[:, GZ2.span(question)] * reached
    return labels


def vote(shares: Values, volunteers: NDArray[np.int64], draws: np.random.Generator) -> Values:
    """The shares of each question's answers among volunteers who go down the tree."""
    votes = np.zeros_like(shares)
    for question in GZ2.questions:
        chances = shares[:, GZ2.span(question)]
        unknown = chances.sum(axis=1) == 0
        chances = np.where(unknown[:, None], 1 / chances.shape[1], chances)
        asked = reached(question, votes, volunteers)
        votes[:, GZ2.span(question)] = draws.multinomial(asked, chances)
    return normalised(votes)


def reached(question: Question, votes: Values, volunteers: NDArray[np.int64]) -> NDArray[np.int64]:
    if not question.after:
        return volunteers
    asked: NDArray[np.int64] = votes[:, GZ2.places(question)].sum(axis=1).astype(np.int64)
    return asked


def debiased_floor(table: pd.DataFrame) -> tuple[float, float]:
    """The RMSE of labels that were voted and debiased anew; and the floor of plain votes."""
    volunteers = table["total_classifications"].to_numpy().astype(np.int64)
    weighted, debiased = shares_of(table, "weighted_fraction"), shares_of(table, "debiased")
    factors = divided(debiased, weighted)
    truth = products(normalised(weighted * factors))
    draws = np.random.default_rng(SEED)
    squared = [
        np.square(products(normalised(vote(weighted, volunteers, draws) * factors)) - truth).mean()
        for _ in range(DRAWS)
    ]
    return math.sqrt(np.mean(squared)), noise_floor(truth, round(float(volunteers.mean())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels")
    parser.add_argument("gz2", nargs="?")
    given = parser.parse_args()
    votes = pd.read_csv(given.labels)[list(GZ2.columns)].to_numpy()
    floor = find_noise_floor(votes)
    print(f"{len(votes):,} galaxies: {floor.lowest:.4f} to {floor.highest:.4f}")
    if given.gz2:
        table = pd.read_csv(given.gz2)
        scattered, plain = debiased_floor(table)
        said = f"{scattered:.4f}, {scattered / plain:.2f} times that of plain votes"
        print(f"{len(table):,} galaxies, debiased anew: {said} ({plain:.4f})")


if __name__ == "__main__":
    main()
