"""The map of what the networks see, whose rows the page's script makes of `map_content`."""

from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.predict.words import describe, likely_answers
from galaxyzoo.report.chart_parts import VISIBLE, Spec, tooltip
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.pictures import mosaic
from galaxyzoo.tree import ID_COLUMN, Tree

_TILE = 48
_LIMIT = 1.06
_LEGEND = {
    "title": "Voted fraction of the answer",
    "titleLimit": 0,
    "orient": "top",
    "tickCount": 3,
}
_UNKNOWN = "#8a8a8a"


def map_spec(facts: Facts) -> Spec:
    axis = {"type": "quantitative", "scale": {"domain": [-_LIMIT, _LIMIT], "nice": False}}
    places = {own: {"field": own, "title": None, "axis": None} | axis for own in ("x", "y")}
    color = {
        "field": "voted",
        "type": "quantitative",
        "scale": VISIBLE | {"domain": [0, 1]},
        "legend": _LEGEND,
    }
    dots = {
        "mark": {"type": "circle", "size": 40, "opacity": 0.95},
        "encoding": places
        | {
            "color": {"condition": {"test": "datum.voted === null", "value": _UNKNOWN}} | color,
            "tooltip": tooltip(ID_COLUMN),
        },
    }
    pictures = {
        "transform": [{"filter": "pictures && isValid(datum.picture)"}],
        "mark": {"type": "image", "width": 38, "height": 38},
        "encoding": places
        | {"url": {"field": "picture", "type": "nominal"}, "tooltip": tooltip(ID_COLUMN)},
    }
    return {
        "description": "The test galaxies, near to each other where a network sees them alike",
        "params": [
            {"name": "shown", "value": [facts.best.label]},
            {"name": "pictures", "value": True},
        ],
        "height": 460,
        "layer": [dots, pictures],
    }


def map_rows() -> pd.DataFrame:
    """The columns of the chart's table; its rows follow the network and the answer chosen."""
    return pd.DataFrame(columns=[ID_COLUMN, "volunteers say", "network says", "x", "y", "voted"])


def map_content(facts: Facts) -> dict[str, Any]:
    """What the script makes rows of.

    ids, and `tiles`, one picture of all of these galaxies, row by row, so many `columns` wide, each
    of `tile` pixels; `said`, what may be said of a galaxy, and in `voted` which of these it is by
    the votes; by network the places x and y and which of `said` it says; and by answer the votes in
    percent, null where they aren't known.
    """
    places = facts.results.feature_map.places
    by_model = {str(model): own for model, own in places.groupby("model", sort=False)}
    ids = list(next(iter(by_model.values()))[ID_COLUMN])
    voted = facts.voted.loc[ids].to_numpy()
    words = {"": _described(facts.tree, voted)} | {
        n.label: _described(facts.tree, n.predicted.loc[ids].to_numpy()) for n in facts.networks
    }
    said = sorted(set(chain.from_iterable(words.values())))
    numbers = {text: number for number, text in enumerate(said)}
    picture, columns = mosaic([facts.processed[own] for own in ids], _TILE)
    return {
        "ids": ids,
        "tiles": picture,
        "tile": _TILE,
        "columns": columns,
        "said": said,
        "voted": [numbers[text] for text in words[""]],
        "networks": {
            n.label: {
                "x": by_model[n.name]["x"].tolist(),
                "y": by_model[n.name]["y"].tolist(),
                "said": [numbers[text] for text in words[n.label]],
            }
            for n in facts.networks
            if n.name in by_model
        },
        "votes": dict(zip(facts.tree.columns, map(_percent, voted.T), strict=True)),
    }


def _percent(votes: NDArray[np.floating]) -> list[int | None]:
    return [None if np.isnan(own) else round(100 * float(own)) for own in votes]


def _described(tree: Tree, fractions: NDArray[np.floating]) -> list[str]:
    """What each galaxy is, in a few words, as far as its fractions [N, C] are known."""
    return [_describe(tree, own) or "not known" for own in fractions]


def _describe(tree: Tree, fractions: NDArray[np.floating]) -> str:
    answers = likely_answers(tree, np.nan_to_num(fractions))
    known = [a for a in answers if not np.isnan(fractions[tree.span(a.question)]).any()]
    return describe(tree, known)
