"""The charts of intervals: how often they hold the votes, and how wide they are."""

import pandas as pd

from galaxyzoo.report.chart_parts import (
    ROW,
    SHOWN,
    Spec,
    fraction_axis,
    from_zero,
    line,
    marked_by_network,
    names,
    switches,
    tooltip,
)
from galaxyzoo.report.facts import Facts

_LEAST = 0.5  # from which on coverage is shown, if none is below


def coverage_spec(facts: Facts, rows: pd.DataFrame) -> Spec:
    least = float(min(_LEAST, rows["coverage"].min() // 0.1 / 10))
    points = {
        "transform": [SHOWN],
        "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2},
        "encoding": {
            "x": fraction_axis("predicted", "Predicted fraction, mean of the bin"),
            "y": fraction_axis("coverage", "Votes within their interval", least),
            **marked_by_network(facts),
            "tooltip": tooltip("network", "predicted", "coverage", "width", "answers"),
        },
    }
    return {
        "description": "How often intervals hold the votes, by the prediction, of each network",
        "params": switches(facts),
        "height": 320,
        "layer": [points, line((0, facts.intended_coverage), (1, facts.intended_coverage))],
    }


def width_spec(facts: Facts, rows: pd.DataFrame) -> Spec:
    return {
        "description": "How wide the intervals are at each question, of each network",
        "params": switches(facts),
        "transform": [SHOWN],
        "height": max(ROW * len(facts.tree.questions), 120),
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.9},
        "encoding": {
            "y": names("question"),
            "x": from_zero("width", rows["width"], "Mean width of the intervals"),
            **marked_by_network(facts),
            "tooltip": tooltip("question", "network", "width", "coverage", "galaxies"),
        },
    }
