"""The chart of what more galaxies bring: measured and published elsewhere, not in this run."""

import json

import pandas as pd

from galaxyzoo.report.chart_parts import INK, Spec, tooltip
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.words import upper
from galaxyzoo.scoring.growth import KNOWN, REAL_FLOOR, learning_curve

CURVE = "Tuned network (not of this run)"
PUBLISHED = "Published by others"
OWN = "This run"
_COLORS = {CURVE: "#009e73", PUBLISHED: "#8a8a8a", OWN: "#d55e00"}
_QUOTED = json.dumps(CURVE)
_TICKS = [200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]
_FLOOR = "A perfect model: noise floor"


def growth_rows(facts: Facts) -> pd.DataFrame:
    """What, by whom, galaxies learned from and RMSE; this run's where they may stand beside it."""
    rows = [(CURVE, CURVE, int(own["galaxies"]), own["rmse"]) for own in _curve()]
    rows += [(PUBLISHED, upper(own.name), own.galaxies, own.rmse) for own in KNOWN]
    if not facts.galaxies.apart:
        rows += [(OWN, n.label, facts.galaxies.train, round(n.rmse, 5)) for n in facts.networks]
    return pd.DataFrame(rows, columns=["what", "network", "galaxies", "RMSE"])


def _curve() -> list[dict[str, float]]:
    return [{str(name): own for name, own in row.items()} for _, row in learning_curve().iterrows()]


def growth_spec(facts: Facts, rows: pd.DataFrame) -> Spec:
    shown = [CURVE, PUBLISHED] if facts.galaxies.apart else list(_COLORS)
    colors = {"domain": shown, "range": [_COLORS[own] for own in shown]}
    places = {
        "x": {
            "field": "galaxies",
            "type": "quantitative",
            "title": "Real galaxies learned from (logarithmic)",
            "scale": {"type": "log", "domain": [150, 80_000], "nice": False},
            "axis": {"format": "~s", "values": _TICKS, "grid": False},
        },
        "y": {
            "field": "RMSE",
            "type": "quantitative",
            "title": "RMSE",
            "scale": {"domain": [0, float(max(0.15, rows["RMSE"].max()))], "nice": True},
            "axis": {"tickCount": 5},
        },
        "color": {
            "field": "what",
            "type": "nominal",
            "scale": colors,
            "legend": {"title": None, "orient": "bottom", "direction": "vertical", "labelLimit": 0},
        },
        "tooltip": tooltip("what", "network", "galaxies", "RMSE"),
    }
    curve = {"type": "line", "strokeWidth": 2}
    names = {"type": "text", "align": "right", "dx": -9, "fontSize": 12}
    of_others = {"filter": f"datum.what !== {_QUOTED}"}
    return {
        "description": "RMSE by the number of real galaxies learned from, with the noise floor",
        "height": 370,
        "layer": [
            *_floor(),
            {"transform": [{"filter": f"datum.what === {_QUOTED}"}], "mark": curve}
            | {"encoding": places},
            {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}}
            | {"encoding": places},
            {"transform": [of_others], "mark": names | {"color": INK}}
            | {"encoding": {"x": places["x"], "y": places["y"], "text": {"field": "network"}}},
        ],
    }


def _floor() -> list[Spec]:
    """A band, and its name on it."""
    lowest, highest = REAL_FLOOR
    band = {"type": "rect", "color": "#8a8a8a", "opacity": 0.45}
    name = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -4}
    y = {"field": "highest", "type": "quantitative"}
    return [
        {
            "data": {"values": [{"lowest": lowest, "highest": highest}]},
            "mark": band,
            "encoding": {
                "y": {"field": "lowest", "type": "quantitative"},
                "y2": {"field": "highest"},
            },
        },
        {
            "data": {"values": [{"highest": highest, "name": _FLOOR}]},
            "mark": name | {"x": 0, "fontSize": 12, "color": INK},
            "encoding": {"y": y, "text": {"field": "name"}},
        },
    ]
