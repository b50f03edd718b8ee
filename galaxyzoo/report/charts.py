"""The charts that readers explore: Vega-Lite specifications, and the rows that they show.

A page's script gives each chart its rows, and the signal `shown`: the names of the networks that
are switched on. Scales hold the rows of all networks, so that none moves when one is switched.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from galaxyzoo.report.chart_parts import (
    CONFIG,
    ON_COLORS,
    ROW,
    SHOWN,
    VISIBLE,
    Spec,
    fraction_axis,
    from_zero,
    line,
    logarithmic,
    marked_by_network,
    names,
    switches,
    tooltip,
    whole,
)
from galaxyzoo.report.chart_rows import (
    ALL_QUESTIONS,
    JOINT_BINS,
    answer_rows,
    by_network,
    calibration_rows,
    coverage_rows,
    curve_rows,
    joint_rows,
    width_rows,
)
from galaxyzoo.report.facts import Facts
from galaxyzoo.report.growth_chart import growth_rows, growth_spec
from galaxyzoo.report.interval_charts import coverage_spec, width_spec
from galaxyzoo.report.map_chart import map_rows, map_spec


@dataclass(frozen=True)
class Chart:
    """A chart, and what it shows."""

    spec: Spec
    table: pd.DataFrame

    def as_json(self) -> dict[str, Any]:
        """For the page's script: the specification, names of columns, and rows."""
        return {
            "spec": {"config": CONFIG, "autosize": {"type": "fit-x", "contains": "padding"}}
            | {"width": "container"}
            | self.spec,
            "fields": list(self.table.columns),
            "rows": self.table.to_numpy(dtype=object).tolist(),
        }


def all_charts(facts: Facts) -> dict[str, Chart]:
    """The charts of a report, by the id of their place in the page."""
    curves, calibration = by_network(facts, curve_rows), calibration_rows(facts)
    answers = answer_rows(facts)
    joint = by_network(facts, lambda n: joint_rows(facts, n))
    return {
        "curves": Chart(_curves(facts, curves), curves),
        **(_about_growth(facts) if facts.galaxies.published else {}),
        "answers": Chart(_answers(facts, answers), answers),
        "calibration": Chart(_calibration_spec(facts), calibration),
        "calibration-counts": Chart(_counts_spec(facts, calibration), calibration),
        **(_about_intervals(facts) if len(facts.results.coverage) else {}),
        "joint": Chart(_joint(facts, joint), joint),
        **(_about_map(facts) if len(facts.results.feature_map.places) else {}),
    }


def _about_growth(facts: Facts) -> dict[str, Chart]:
    rows = growth_rows(facts)
    return {"growth": Chart(growth_spec(facts, rows), rows)}


def _about_intervals(facts: Facts) -> dict[str, Chart]:
    coverage, widths = coverage_rows(facts), width_rows(facts)
    return {
        "coverage": Chart(coverage_spec(facts, coverage), coverage),
        "widths": Chart(width_spec(facts, widths), widths),
    }


def _about_map(facts: Facts) -> dict[str, Chart]:
    return {"map": Chart(map_spec(facts), map_rows())}


def _curves(facts: Facts, rows: pd.DataFrame) -> Spec:
    title = "Mean squared error (logarithmic)"
    return {
        "description": "Mean squared error by epoch, of each network, on both splits",
        "params": switches(facts),
        "transform": [SHOWN],
        "height": 320,
        "mark": {"type": "line", "point": {"size": 45}, "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "epoch",
                "type": "quantitative",
                "title": "Epoch (0 is before training)",
                "scale": {"domain": whole(rows["epoch"])},
                "axis": {"tickMinStep": 1, "grid": False, "format": "d"},
            },
            "y": logarithmic("MSE", rows["MSE"], title, format="~g", tickCount=6),
            **marked_by_network(facts),
            "strokeDash": {
                "field": "split",
                "type": "nominal",
                "scale": {"domain": ["test", "train"], "range": [[1, 0], [5, 4]]},
                "legend": None,
            },
            "tooltip": tooltip("network", "epoch", "split", "MSE"),
        },
    }


def _answers(facts: Facts, rows: pd.DataFrame) -> Spec:
    return {
        "description": "RMSE of each answer, of each network",
        "params": switches(facts),
        "transform": [SHOWN],
        "height": ROW * len(facts.tree.columns),
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.9},
        "encoding": {
            "y": names("answer"),
            "x": from_zero("RMSE", rows["RMSE"], "RMSE on the test split"),
            **marked_by_network(facts),
            "tooltip": tooltip("answer", "network", "RMSE"),
        },
    }


def _calibration_spec(facts: Facts) -> Spec:
    points = {
        "transform": [SHOWN],
        "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2},
        "encoding": {
            "x": fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": fraction_axis("voted", "Voted fraction, mean of the bin"),
            **marked_by_network(facts),
            "tooltip": tooltip("network", "predicted", "voted", "count"),
        },
    }
    return {
        "description": "Voted fraction where about so much was predicted, of each network",
        "params": switches(facts),
        "height": 320,
        "layer": [points, line((0, 0), (1, 1))],
    }


def _counts_spec(facts: Facts, rows: pd.DataFrame) -> Spec:
    return {
        "description": "How many predictions each bin of calibration has",
        "params": switches(facts),
        "transform": [SHOWN],
        "height": 220,
        "mark": {"type": "line", "interpolate": "step", "point": {"size": 45}},
        "encoding": {
            "x": fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": logarithmic("count", rows["count"], "Predictions", format="~s", tickCount=4),
            **marked_by_network(facts),
            "tooltip": tooltip("network", "predicted", "count"),
        },
    }


def _joint(facts: Facts, rows: pd.DataFrame) -> Spec:
    width = 1 / JOINT_BINS
    cells = {
        "transform": [
            SHOWN,
            {"filter": "datum.question === question"},
            {"calculate": f"datum.predicted + {width}", "as": "predicted_to"},
            {"calculate": f"datum.voted + {width}", "as": "voted_to"},
        ],
        "mark": {"type": "rect"},
        "encoding": {
            "x": fraction_axis("predicted", "Predicted fraction"),
            "x2": {"field": "predicted_to"},
            "y": fraction_axis("voted", "Voted fraction"),
            "y2": {"field": "voted_to"},
            "color": {
                "field": "count",
                "type": "quantitative",
                "scale": VISIBLE
                | {"type": "log", "domain": [1, max(float(rows["count"].max()), 2)]},
                "legend": {"title": "Fractions", "orient": "top", "format": "~s", "tickCount": 3},
            },
            "tooltip": tooltip("predicted", "voted", "count"),
        },
    }
    return {
        "description": "How often each fraction was voted where each was predicted",
        "params": [
            {"name": "shown", "value": [facts.best.label]},
            {"name": "question", "value": ALL_QUESTIONS},
        ],
        "height": 360,
        "layer": [cells, *ON_COLORS],
    }
