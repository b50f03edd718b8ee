"""Single galaxies, well and badly predicted."""

import math
from typing import Any

from galaxyzoo.report.facts import Facts
from galaxyzoo.report.pictures import data_address
from galaxyzoo.scoring.highlights import highest_predictions, largest_votes, rank_galaxies

_GALAXIES_PER_ANSWER = 8


def about_galaxies(facts: Facts) -> dict[str, Any]:
    return {
        "groups": _groups(facts),
        "by_answer": {column: _highest(facts, column) for column in facts.tree.columns},
        "unlikely": [column for column in facts.tree.columns if _is_unlikely(facts, column)],
    }


def _groups(facts: Facts) -> list[dict[str, Any]]:
    ranked = rank_galaxies(facts.best.predicted, facts.voted)
    titles = {
        "best": "The best predicted",
        "median": "In the middle",
        "worst": "The worst predicted",
    }
    return [
        {
            "title": titles[name],
            "galaxies": [
                describe_galaxy(facts, galaxy_id, largest_votes(facts.voted.loc[galaxy_id]))
                | {"rmse": error, "src": data_address(facts.processed[galaxy_id])}
                for galaxy_id, error in errors.items()
            ],
        }
        for name, errors in ranked._asdict().items()
    ]


def _highest(facts: Facts, column: str) -> list[dict[str, Any]]:
    """The galaxies of the test split with the highest predictions of the best network."""
    highest = highest_predictions(facts.best.predicted[column], _GALAXIES_PER_ANSWER)
    return [describe_galaxy(facts, i, _beside_most_voted(facts, i, column)) for i in highest]


def _beside_most_voted(facts: Facts, galaxy_id: str, column: str) -> list[str]:
    """An answer, and what most said to its question, if that is another one and known."""
    own = list(facts.tree.asker(column).columns)
    most = largest_votes(facts.voted.loc[[galaxy_id], own].iloc[0], 1)
    return [column, *(other for other in most if other != column)]


def _is_unlikely(facts: Facts, column: str) -> bool:
    """Whether the network finds another answer to its question likelier, at each galaxy."""
    own = facts.best.predicted[list(facts.tree.asker(column).columns)]
    return not (own[column] >= own.max(axis=1)).any()


def describe_galaxy(facts: Facts, galaxy_id: str, columns: list[str]) -> dict[str, Any]:
    """What the card of a galaxy says: these of its votes, and what was predicted for them."""
    predicted = facts.best.predicted.loc[galaxy_id].to_dict()
    voted = facts.voted.loc[galaxy_id].to_dict()
    return {
        "galaxy_id": str(galaxy_id),
        "votes": [
            {
                "answer": facts.tree.texts[c],
                "voted": None if math.isnan(voted[c]) else float(voted[c]),
                "predicted": float(predicted[c]),
            }
            for c in columns
        ],
    }
