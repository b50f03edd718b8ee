"""Whether votes follow the tree, and what is odd about them though they may be right."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.messages import MOST_NAMED
from galaxyzoo.findings import Finding, finding
from galaxyzoo.tree import ID_COLUMN, Tree

MOST_MISSED = 1e-3
"""By how much the answers to a question may miss the sum that the tree asks for: published files
are rounded, the competition's to 2e-6"""
MANY_ALIKE = 0.1
"""The share of galaxies from which on the same votes are odd"""

Fractions = NDArray[np.floating]
Rows = NDArray[np.bool_]
"""[N]: whether a galaxy is such"""


def find_wrong_votes(tree: Tree, labels: pd.DataFrame) -> list[Finding]:
    """Votes that don't follow the tree, by what they look like.

    `labels` holds the tree's columns, 0 to 1, indexed by GalaxyID; NaN, where votes aren't known,
    is not wrong.
    """
    fractions = labels.to_numpy()
    missed = np.nan_to_num(tree.violations(fractions))
    wrong = (missed > MOST_MISSED).any(axis=1)
    if not wrong.any():
        return []
    alike = wrong & (fractions.min(axis=1) == fractions.max(axis=1))
    raw = wrong & ~alike & _sum_to_one(tree, fractions)
    off = wrong & ~alike & ~raw
    return [
        *_placeholders(labels, alike),
        *finding(
            "raw-fractions",
            _sums(tree, labels, missed, raw),
            "{galaxy has|galaxies have} fractions that are not multiplied down the tree: the "
            "answers to each question sum to 1, though fewer volunteers were asked it",
            "Multiply each fraction by that of the volunteers who were asked its question, from "
            "the top of the tree down",
        ),
        *finding(
            "votes-off-tree",
            _sums(tree, labels, missed, off),
            "{galaxy has|galaxies have} votes that do not follow the tree",
            "The answers to a question must sum to the fraction of volunteers who were asked it; "
            "mend these rows, or leave them out",
        ),
    ]


def find_odd_votes(tree: Tree, labels: pd.DataFrame) -> list[Finding]:
    """What is odd about votes that follow the tree, and may be right; `labels` as above."""
    lowest, highest = labels.min(), labels.max()
    named = {column: f"{column} ({answer.text})" for column, answer in tree.answers.items()}
    never = [named[column] for column in tree.columns if highest[column] == 0]
    always = [named[column] for column in tree.columns if lowest[column] == highest[column] != 0]
    return [
        *_alike(labels),
        *finding(
            "answer-never-given",
            never,
            "{answer was|answers were} given by no volunteer, to any galaxy",
            "A network learns nothing of them; see that their columns are the right ones",
        ),
        *finding(
            "answer-all-alike",
            always if len(always) < len(labels.columns) - len(never) else [],
            "{answer has|answers have} the same votes for every galaxy",
            "A network learns nothing of them; see that their columns are the right ones",
        ),
    ]


def _placeholders(labels: pd.DataFrame, rows: Rows) -> list[Finding]:
    chosen = labels[rows]
    return finding(
        "placeholder-votes",
        [f"{ID_COLUMN} {name} has {own:g}" for name, own in chosen.iloc[:, 0].items()],
        "{galaxy has|galaxies have} one and the same value for all answers",
        "These are no votes but placeholders; leave such rows out",
    )


def _sum_to_one(tree: Tree, fractions: Fractions) -> Rows:
    """Whether the answers to each question of a galaxy sum to 1, or are all 0: nobody asked."""
    sums = np.stack([fractions[:, tree.span(q)].sum(axis=1) for q in tree.questions], axis=1)
    whole: Rows = ((np.abs(sums - 1) <= MOST_MISSED) | (sums == 0)).all(axis=1)
    return whole


def _sums(tree: Tree, labels: pd.DataFrame, missed: Fractions, rows: Rows) -> list[str]:
    """What the sum is that is furthest off, of each galaxy in `rows`; `missed` is [N, questions].

    Only the first few are told in full, the others by their GalaxyID.
    """
    places = np.flatnonzero(rows)
    told = [_sum(tree, labels, missed, place) for place in places[:MOST_NAMED]]
    return [*told, *labels.index[places[MOST_NAMED:]]]


def _sum(tree: Tree, labels: pd.DataFrame, missed: Fractions, place: int) -> str:
    question = tree.questions[int(missed[place].argmax())]
    own = labels.iloc[[place]].to_numpy()
    answers, asked = own[0, tree.span(question)].sum(), tree.reach(question, own)[0]
    first, *_, last = question.columns
    return (
        f"{ID_COLUMN} {labels.index[place]} ({question.name}: {first} to {last} sum to "
        f"{answers:.6g}, and {asked:.6g} were asked)"
    )


def _alike(labels: pd.DataFrame) -> list[Finding]:
    """The galaxies that share the votes that most galaxies have."""
    rows = pd.util.hash_pandas_object(labels, index=False)
    shared = (rows == rows.value_counts().index[0]).to_numpy()
    whole, most = len(labels), int(shared.sum())
    odd = most == whole > 1 or most > max(2, MANY_ALIKE * whole)
    return finding(
        "same-votes",
        list(labels.index[shared]) if odd else [],
        "{galaxy has|galaxies have} the same votes",
        "Real galaxies hardly ever do; see that these are no placeholders",
    )
