"""The RMSE of each model: over all answers, beside published scores; and for each answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from galaxyzoo.figures.style import (
    BAND,
    FAINT,
    HEADER,
    INK,
    MARGIN,
    NOT_KNOWN,
    SMALL,
    WIDTH,
    Galaxies,
    add_axes,
    add_badge,
    add_text,
    lay_out_below_header,
    new_figure,
    styled,
)
from galaxyzoo.networks.common.network import Network
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.noise_floor import NoiseFloor
from galaxyzoo.tree import Tree

_BASELINE_COLORS = ("#7a7a7a", "#ababab")
_APART = (
    "Don't compare the two panels: the galaxies of this run are rendered, "
    "and say nothing of the sky."
)
_BAR = 30
_TITLE = 26
_NOTE = 16
_LABELS = 160
_AXIS = 24
_ANSWER = 18
_DOT_STEP = 0.2
_BESIDE_MARK: dict[str, Any] = {
    "verticalalignment": "center",
    "fontsize": SMALL,
    "color": FAINT,
}


_FLOOR: dict[str, Any] = {
    "facecolor": "white",
    "alpha": 0.55,
    "edgecolor": INK,
    "linewidth": 0.8,
    "zorder": 3,
}


@styled
def draw_rmse(
    tree: Tree,
    networks: list[Network],
    rmse: Mapping[str, float],
    galaxies: Galaxies,
    floor: NoiseFloor,
) -> Figure:
    """The scores of this run in one panel, those published in another, on one scale.

    `rmse` holds the RMSE of each network and of each baseline, by name. A band shows the noise
    floor of this run's labels. Where no published score may be shown with them, there is one
    panel, and below it why.
    """
    own_top = HEADER + _NOTE + _TITLE
    below = own_top + _BAR * (len(networks) + len(BASELINES)) + _AXIS + 14
    published_top = below + (38 if galaxies.rendered else 0) + _TITLE
    bottom = published_top + _BAR * len(galaxies.published) + _AXIS
    figure = new_figure(
        bottom + _AXIS if galaxies.published else below + 2 * _AXIS,
        "RMSE, and what has been published" if galaxies.published else "RMSE",
        _note(tree, galaxies),
        galaxies.rendered,
    )
    own = _add_panel(figure, own_top, len(networks) + len(BASELINES))
    _draw_own(own, networks, rmse, galaxies)
    _draw_floor(figure, own, floor)
    panels = [own]
    if galaxies.published:
        panels.append(_add_panel(figure, published_top, len(galaxies.published)))
        _draw_published(panels[-1], galaxies.published)
    else:
        add_text(figure, MARGIN, below + _AXIS, galaxies.apart, color=FAINT)
    if galaxies.published and galaxies.rendered:
        add_badge(figure, WIDTH / 2, below, _APART, horizontalalignment="center")
    panels[-1].set_xlabel("RMSE")
    for axes in panels:
        axes.set_xlim(0, 1.1 * max(*rmse.values(), *galaxies.published.values()))
    return figure


def _add_panel(figure: Figure, top: float, bars: int) -> Axes:
    return add_axes(figure, _LABELS, top, WIDTH - _LABELS - MARGIN, _BAR * bars)


def _note(tree: Tree, galaxies: Galaxies) -> str:
    answers = f"{len(tree.columns)} answers{', where known' if galaxies.masked else ''}"
    return f"Root of the mean squared error over all test galaxies and {answers}; less is better."


def _draw_own(
    axes: Axes, networks: list[Network], rmse: Mapping[str, float], galaxies: Galaxies
) -> None:
    names = [network.name for network in networks] + list(BASELINES)
    labels = [network.label for network in networks] + list(BASELINES.values())
    colors = [network.color for network in networks] + list(_BASELINE_COLORS)
    bars = axes.barh(labels, [rmse[name] for name in names], height=0.68, color=colors)
    axes.bar_label(bars, fmt="%.4f", padding=4)
    count = f"{galaxies.train:,} to train, {galaxies.test:,} to test"
    _finish(axes, f"This run, on {galaxies.kind} galaxies: {count}")


def _draw_floor(figure: Figure, axes: Axes, floor: NoiseFloor) -> None:
    """A band across the bars, and below the header what it is; nothing if no answer is known."""
    if not floor.in_words():
        return
    add_text(figure, MARGIN, HEADER - 6, f"Band: {floor.in_words()}.", color=FAINT)
    axes.fill_betweenx(
        [0, 1],
        floor.lowest,
        floor.highest,
        transform=axes.get_xaxis_transform(),
        **_FLOOR,
    )


def _draw_published(axes: Axes, scores: Mapping[str, float]) -> None:
    labels = [name[0].upper() + name[1:] for name in scores]
    bars = axes.barh(
        labels,
        list(scores.values()),
        height=0.68,
        color="white",
        edgecolor=FAINT,
        hatch="////",
    )
    axes.bar_label(bars, fmt="%.5f", padding=4)
    axes.set_facecolor(BAND)
    _finish(axes, "Published, on real galaxies: 49,262 or 61,578 to train, others to test")


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold")
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, labelsize="medium")
    axes.grid(axis="x")


@styled
def draw_answer_rmse(
    tree: Tree, networks: list[Network], table: pd.DataFrame, galaxies: Galaxies
) -> Figure:
    """The RMSE of each answer: a dot per network, and a mark for the mean vote.

    `table` has a row per model and answer: model, column, rmse; NaN where it is known of no galaxy.
    """
    known = ", as far as their answers are known" if galaxies.masked else ""
    note = f"On {galaxies.test:,} {galaxies.kind} test galaxies{known}; less is better."
    heights = _heights(tree)
    height = HEADER + 2 * _AXIS + round(_ANSWER * (max(heights.values()) + 1.5))
    figure = new_figure(height, "RMSE by answer", note, galaxies.rendered)
    lay_out_below_header(figure)
    axes = figure.subplots()
    by_model = {model: own.set_index("column")["rmse"] for model, own in table.groupby("model")}
    for place, network in enumerate(networks):
        # a little above and below each other, so that equals stay visible
        step = _DOT_STEP * (place - (len(networks) - 1) / 2)
        dots = by_model[network.name][list(heights)]
        middles = [height + step for height in heights.values()]
        axes.plot(dots, middles, "o", color=network.color, label=network.label)
    mean_vote = by_model["mean_vote"][list(heights)]
    axes.plot(mean_vote, list(heights.values()), "|", color=INK, markersize=11, label="Mean vote")
    for column in mean_vote.index[mean_vote.isna()]:
        axes.text(0, heights[column], f" {NOT_KNOWN}", **_BESIDE_MARK)
    _name_answers(axes, tree, heights)
    axes.set_xlim(left=0)
    axes.set_xlabel("RMSE")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(networks) + 1)
    return figure


def _heights(tree: Tree) -> dict[str, float]:
    """How far down each answer stands: a step apart, and half a step more between questions."""
    steps = enumerate((tree.number(q), column) for q in tree.questions for column in q.columns)
    return {column: place + 0.5 * number for place, (number, column) in steps}


def _name_answers(axes: Axes, tree: Tree, heights: Mapping[str, float]) -> None:
    labels = [f"{tree.texts[column]}  {column}" for column in heights]
    axes.set_yticks(list(heights.values()), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(heights.values()) + 0.75, min(heights.values()) - 0.75)
    axes.grid(axis="x")
    for question in tree.questions:
        own = [heights[column] for column in question.columns]
        if tree.number(question) % 2:
            axes.axhspan(min(own) - 0.75, max(own) + 0.75, color=BAND, zorder=0)
        axes.text(
            1.01,
            float(np.mean(own)),
            question.name.replace("_", " "),
            transform=axes.get_yaxis_transform(),
            **_BESIDE_MARK,
        )
