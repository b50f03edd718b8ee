"""The charts that readers explore: Vega-Lite specifications, and the rows that they show.

A page's script gives each chart its rows, and the signal `shown`: the names of the networks that
are switched on. Colours of text and axes are those of the page around it, light or dark.
"""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import pandas as pd

from galaxyzoo.predict.intervals import COVERAGE
from galaxyzoo.report.chart_rows import (
    ALL_QUESTIONS,
    JOINT_BINS,
    answer_rows,
    by_network,
    calibration_rows,
    coverage_rows,
    curve_rows,
    joint_rows,
)
from galaxyzoo.report.facts import Facts

Spec = dict[str, Any]

_SHOWN = {"filter": "indexof(shown, datum.network) >= 0"}
_INK = "currentColor"
_LINE = "#8888884d"
_ROW = 19  # pixels for an answer
_SHAPES = {
    "circle": "M-5,0A5,5 0 1,0 5,0A5,5 0 1,0 -5,0Z",
    "square": "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "triangle-up": "M0,-5.5L5.5,5H-5.5Z",
    "diamond": "M0,-6L5,0L0,6L-5,0Z",
    "cross": "M-2,-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
}
"""Vega's shapes, and the same as paths in an SVG"""
_CONFIG: Spec = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "gridColor": _LINE,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 200,
        "labelOverlap": "greedy",
        "titlePadding": 10,
    },
    "legend": {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 12, "titleFontSize": 12},
}


@dataclass(frozen=True)
class Chart:
    """A chart, and what it shows."""

    spec: Spec
    table: pd.DataFrame

    def as_json(self) -> dict[str, Any]:
        """For the page's script: the specification, names of columns, and rows."""
        return {
            "spec": {"config": _CONFIG, "autosize": {"type": "fit-x", "contains": "padding"}}
            | {"width": "container"}
            | self.spec,
            "fields": list(self.table.columns),
            "rows": self.table.to_numpy(dtype=object).tolist(),
        }


def all_charts(facts: Facts) -> dict[str, Chart]:
    """The charts of a report, by the id of their place in the page."""
    calibration = calibration_rows(facts)
    return {
        "curves": Chart(_curves(facts), by_network(facts, curve_rows)),
        "answers": Chart(_answers(facts), answer_rows(facts)),
        "calibration": Chart(_calibration_spec(facts), calibration),
        "calibration-counts": Chart(_counts_spec(facts), calibration),
        **(_about_intervals(facts) if len(facts.results.coverage) else {}),
        "joint": Chart(_joint(facts), by_network(facts, lambda n: joint_rows(facts, n))),
    }


def _about_intervals(facts: Facts) -> dict[str, Chart]:
    return {"coverage": Chart(_coverage_spec(facts), coverage_rows(facts))}


def _marked_by_network(facts: Facts) -> Spec:
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


def _switches(facts: Facts) -> list[Spec]:
    """The signal by which a page switches networks on and off."""
    return [{"name": "shown", "value": [network.label for network in facts.networks]}]


def _tooltip(*fields: str) -> list[Spec]:
    return [{"field": field, "type": "nominal"} for field in fields]


def _logarithmic(field: str, title: str, **axis: object) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "title": title,
        "axis": axis,
    }


def _curves(facts: Facts) -> Spec:
    return {
        "description": "Mean squared error by epoch, of each network, on both splits",
        "params": _switches(facts),
        "transform": [_SHOWN],
        "height": 320,
        "mark": {"type": "line", "point": {"size": 45}, "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "epoch",
                "type": "quantitative",
                "title": "Epoch (0 is before training)",
                "axis": {"tickMinStep": 1, "grid": False, "format": "d"},
            },
            "y": _logarithmic("MSE", "Mean squared error (logarithmic)", format="~g", tickCount=6),
            **_marked_by_network(facts),
            "strokeDash": {
                "field": "split",
                "type": "nominal",
                "scale": {"domain": ["test", "train"], "range": [[1, 0], [5, 4]]},
                "legend": None,
            },
            "tooltip": _tooltip("network", "epoch", "split", "MSE"),
        },
    }


def _answers(facts: Facts) -> Spec:
    return {
        "description": "RMSE of each answer, of each network",
        "params": _switches(facts),
        "transform": [_SHOWN],
        "height": _ROW * len(facts.tree.columns),
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.9},
        "encoding": {
            "y": {
                "field": "answer",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"grid": True, "labelOverlap": False},
            },
            "x": {
                "field": "RMSE",
                "type": "quantitative",
                "title": "RMSE on the test split",
                "axis": {"tickCount": 5},
            },
            **_marked_by_network(facts),
            "tooltip": _tooltip("answer", "network", "RMSE"),
        },
    }


def _fraction_axis(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
        "axis": {"tickCount": 5},
    }


def _calibration_spec(facts: Facts) -> Spec:
    diagonal = {
        "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": "#888888"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }
    points = {
        "transform": [_SHOWN],
        "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2},
        "encoding": {
            "x": _fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": _fraction_axis("voted", "Voted fraction, mean of the bin"),
            **_marked_by_network(facts),
            "tooltip": _tooltip("network", "predicted", "voted", "count"),
        },
    }
    return {
        "description": "Voted fraction where about so much was predicted, of each network",
        "params": _switches(facts),
        "height": 320,
        "layer": [diagonal, points],
    }


def _coverage_spec(facts: Facts) -> Spec:
    wanted = {
        "data": {"values": [{"x": 0, "y": COVERAGE}, {"x": 1, "y": COVERAGE}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": "#888888"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }
    points = {
        "transform": [_SHOWN],
        "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2},
        "encoding": {
            "x": _fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": _fraction_axis("coverage", "Votes within their interval"),
            **_marked_by_network(facts),
            "tooltip": _tooltip("network", "predicted", "coverage", "width", "answers"),
        },
    }
    return {
        "description": "How often intervals hold the votes, by the prediction, of each network",
        "params": _switches(facts),
        "height": 320,
        "layer": [wanted, points],
    }


def _counts_spec(facts: Facts) -> Spec:
    return {
        "description": "How many predictions each bin of the chart above has",
        "params": _switches(facts),
        "transform": [_SHOWN],
        "height": 130,
        "mark": {"type": "line", "interpolate": "step", "point": {"size": 45}},
        "encoding": {
            "x": _fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": _logarithmic("count", "Predictions", format="~s", tickCount=4),
            **_marked_by_network(facts),
            "tooltip": _tooltip("network", "predicted", "count"),
        },
    }


def _joint(facts: Facts) -> Spec:
    width = 1 / JOINT_BINS
    return {
        "description": "How often each fraction was predicted where each was voted",
        "params": [
            {"name": "shown", "value": [facts.best.label]},
            {"name": "question", "value": ALL_QUESTIONS},
        ],
        "transform": [
            _SHOWN,
            {"filter": "datum.question === question"},
            {"calculate": f"datum.predicted + {width}", "as": "predicted_to"},
            {"calculate": f"datum.voted + {width}", "as": "voted_to"},
        ],
        "height": 360,
        "mark": {"type": "rect"},
        "encoding": {
            "x": _fraction_axis("voted", "Voted fraction"),
            "x2": {"field": "voted_to"},
            "y": _fraction_axis("predicted", "Predicted fraction"),
            "y2": {"field": "predicted_to"},
            "color": {
                "field": "count",
                "type": "quantitative",
                "scale": {"type": "log", "scheme": "viridis"},
                "legend": {"title": "Fractions", "orient": "top", "format": "~s", "tickCount": 3},
            },
            "tooltip": _tooltip("predicted", "voted", "count"),
        },
    }
