"""The map of what the networks see."""

from typing import Any

from galaxyzoo.report.facts import Facts
from galaxyzoo.report.words import listed
from galaxyzoo.tree import ID_COLUMN


def about_map(facts: Facts) -> dict[str, Any]:
    own = facts.results.feature_map
    if own.places.empty:
        return {"mapped": None}
    held = own.shares.sum(axis=1)
    shares = [f"{held[n.name]:.0%} of what varies for {n.label}" for n in facts.networks]
    return {"mapped": {"galaxies": own.places[ID_COLUMN].nunique(), "shares": listed(shares)}}
