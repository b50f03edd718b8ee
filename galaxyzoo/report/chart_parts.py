"""What the charts of the report have in common: type, colours, axes, and how networks are marked.

Colours of text and axes are those of the page around them, light or dark.
"""

from itertools import cycle, islice
from typing import Any

import pandas as pd

from galaxyzoo.report.facts import Facts

Spec = dict[str, Any]

SHOWN = {"filter": "indexof(shown, datum.network) >= 0"}
INK = "currentColor"
_LINE = "#8888884d"
ROW = 19  # pixels for an answer or a question
_SHAPES = {
    "circle": "M-5,0A5,5 0 1,0 5,0A5,5 0 1,0 -5,0Z",
    "square": "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "triangle-up": "M0,-5.5L5.5,5H-5.5Z",
    "diamond": "M0,-6L5,0L0,6L-5,0Z",
    "cross": "M-2,-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
}
"""Vega's shapes, and the same as paths in an SVG"""
CONFIG: Spec = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "gridColor": _LINE,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 200,
        "labelOverlap": "parity",
        "titlePadding": 10,
    },
    "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12},
}


def marked_by_network(facts: Facts) -> Spec:
    """A colour for each network and, for those who don't see it, a shape."""
    field = {"field": "network", "type": "nominal", "legend": None}
    labels = [network.label for network in facts.networks]
    colors = [network.network.color for network in facts.networks]
    shapes = list(islice(cycle(_SHAPES), len(labels)))
    return {
        "color": field | {"scale": {"domain": labels, "range": colors}},
        "shape": field | {"scale": {"domain": labels, "range": shapes}},
    }


def symbols(facts: Facts) -> dict[str, str]:
    """How the page draws the shape of each network, by its name: a path in an SVG of -6 to 6."""
    names = [network.name for network in facts.networks]
    return dict(zip(names, cycle(_SHAPES.values()), strict=False))


def switches(facts: Facts) -> list[Spec]:
    """The signal by which a page switches networks on and off."""
    return [{"name": "shown", "value": [network.label for network in facts.networks]}]


def tooltip(*fields: str) -> list[Spec]:
    return [{"field": field, "type": "nominal"} for field in fields]


def logarithmic(field: str, values: pd.Series, title: str, **axis: object) -> Spec:
    """An axis that holds all `values`, of whatever networks are shown."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "domain": whole(values)},
        "title": title,
        "axis": axis,
    }


def whole(values: pd.Series) -> list[float]:
    """The domain of a scale that stays where it is, whatever is shown of `values`."""
    return [float(values.min()), float(values.max())]


def from_zero(field: str, values: pd.Series, title: str) -> Spec:
    """The same as an axis from 0 on."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, float(values.max()) or 1.0], "nice": True},
        "axis": {"tickCount": 5},
    }


def names(field: str) -> Spec:
    """An axis with a row for each of some names, in the order of the table."""
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"grid": True, "labelOverlap": False},
    }


def fraction_axis(field: str, title: str, least: float = 0.0) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [least, 1]},
        "axis": {"tickCount": 5},
    }


def line(*ends: tuple[float, float], **mark: object) -> Spec:
    """A dashed line to compare with; in the colour of the text, if `mark` names no other."""
    own = {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": INK, "opacity": 0.75}
    return {
        "data": {"values": [{"x": x, "y": y} for x, y in ends]},
        "mark": own | mark,
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }


VISIBLE: Spec = {"scheme": {"name": "viridis", "extent": [0.35, 1]}}
"""Colours that all stand out from a light and from a dark page: viridis without its dark end"""

ON_COLORS = [
    line((0, 0), (1, 1), color="#000000", strokeWidth=3.5, strokeDash=[1, 0], opacity=0.45),
    line((0, 0), (1, 1), color="#ffffff", opacity=1),
]
"""The diagonal, to be seen on whatever colour"""
