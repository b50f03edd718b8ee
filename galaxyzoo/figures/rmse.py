"""The RMSE of each model: over all answers, beside published scores; and for each answer."""

from collections.abc import Mapping

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
    SMALL,
    WIDTH,
    Galaxies,
    add_axes,
    add_badge,
    lay_out_below_header,
    new_figure,
    styled,
)
from galaxyzoo.networks.common.network import Network
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.leaderboard import PUBLISHED
from galaxyzoo.tree import Tree

_BASELINE_COLORS = ("#7a7a7a", "#ababab")
_APART = (
    "Don't compare the two panels: the galaxies of this run are rendered, "
    "and say nothing of the sky."
)
_BAR = 30
_TITLE = 26
_LABELS = 160
_AXIS = 24
_ANSWER = 18
_DOT_STEP = 0.2


@styled
def draw_rmse(
    tree: Tree, networks: list[Network], rmse: Mapping[str, float], galaxies: Galaxies
) -> Figure:
    """The scores of this run in one panel, those published in another, on one scale.

    `rmse` holds the RMSE of each network and of each baseline, by name.
    """
    own_height = _BAR * (len(networks) + len(BASELINES))
    own_top = HEADER + _TITLE
    apart_top = own_top + own_height + _AXIS + 14
    published_top = apart_top + (38 if galaxies.rendered else 0) + _TITLE
    published_height = _BAR * len(PUBLISHED)
    figure = new_figure(
        published_top + published_height + 2 * _AXIS,
        "RMSE, and what has been published",
        f"Root of the mean squared error over all test galaxies and {len(tree.columns)} answers; "
        "less is better.",
        galaxies.rendered,
    )
    width = WIDTH - _LABELS - MARGIN
    own = add_axes(figure, _LABELS, own_top, width, own_height)
    published = add_axes(figure, _LABELS, published_top, width, published_height)
    _draw_own(own, networks, rmse, galaxies)
    if galaxies.rendered:
        add_badge(figure, WIDTH / 2, apart_top, _APART, horizontalalignment="center")
    _draw_published(published)
    published.set_xlabel("RMSE")
    for axes in (own, published):
        axes.set_xlim(0, 1.1 * max(*rmse.values(), *PUBLISHED.values()))
    return figure


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


def _draw_published(axes: Axes) -> None:
    labels = [name[0].upper() + name[1:] for name in PUBLISHED]
    bars = axes.barh(
        labels,
        list(PUBLISHED.values()),
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

    `table` has a row per model and answer: model, column, rmse.
    """
    note = f"On {galaxies.test:,} {galaxies.kind} test galaxies; less is better."
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
            verticalalignment="center",
            fontsize=SMALL,
            color=FAINT,
        )
