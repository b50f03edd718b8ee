"""The evaluation."""

from typing import Any

from galaxyzoo.figures.style import NOT_KNOWN
from galaxyzoo.report import courses, words
from galaxyzoo.report.chart_rows import question_title
from galaxyzoo.report.facts import Facts
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.rmse import describe_gain

_ASKED = ("mostly_asked", "question")


def about_scores(facts: Facts) -> dict[str, Any]:
    return {
        "best": facts.best,
        "baselines": BASELINES,
        "results": facts.results,
        "question_rmse": {m: facts.results.question_rmse(m) for m in facts.results.models.index},
        "ranking": _ranking(facts),
        "bars": {name: _bar(own, facts) for name, own in facts.galaxies.published.items()},
        "floor_bar": _floor_bar(facts),
        "published": sorted(facts.galaxies.published.items(), key=lambda item: item[1]),
        "calibration": words.calibration(facts),
        "covered": words.covered(facts),
        "unasked": words.unasked(facts),
        "widths": _widths(facts),
        "coverage": facts.intended_coverage,
        "batch_norm": courses.batch_norm(facts),
    }


def _widths(facts: Facts) -> list[dict[str, Any]]:
    """The table of intervals: by question, of each network, where most were asked the question.

    And how many votes they hold where anybody was.
    """
    table = facts.results.coverage
    mostly, anybody = (
        {(own["name"], own["model"]): own for _, own in rows.iterrows()}
        for rows in (table[table["group"] == own] if len(table) else table for own in _ASKED)
    )
    cells = {
        place: f"{own['coverage']:.0%} in {own['width']:.2f}; {anybody[place]['coverage']:.0%}"
        for place, own in mostly.items()
    }
    return [
        {
            "title": question_title(facts.tree, question),
            "cells": [cells.get((question.name, own.name), NOT_KNOWN) for own in facts.networks],
        }
        for question in facts.tree.questions
    ]


def _ranking(facts: Facts) -> list[dict[str, Any]]:
    labels = {network.name: network.label for network in facts.networks} | BASELINES
    models = facts.results.models.sort_values("rmse", kind="stable")
    return [
        {
            "label": labels[str(name)],
            "rmse": own["rmse"],
            "bar": _bar(own["rmse"], facts),
            "gain": describe_gain(own["rmse_gain_percent"]),
            "rank": words.rank(own["rmse"], facts.galaxies),
            "best": name == facts.best.name,
        }
        for name, own in models.iterrows()
    ]


def _floor_bar(facts: Facts) -> list[str]:
    """From where to where the noise floor lies among the bars; empty where it isn't known."""
    floor = facts.results.noise_floor
    return [_bar(own, facts) for own in (floor.lowest, floor.highest)] if floor.in_words() else []


def _bar(rmse: float, facts: Facts) -> str:
    """How long the bar of an RMSE is, in percent of the longest in the ranking."""
    longest = max(*facts.results.models["rmse"], *facts.galaxies.published.values())
    return f"{100 * rmse / (longest or 1):.1f}"
