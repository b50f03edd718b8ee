"""The galaxies that a network predicts best, worst, and in between."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from galaxyzoo.figures.style import (
    BAND,
    FAINT,
    HEADER,
    MARGIN,
    SMALL,
    WIDTH,
    Galaxies,
    add_axes,
    add_image,
    add_rule,
    add_text,
    new_figure,
    place,
    styled,
)
from galaxyzoo.networks.common.network import Network
from galaxyzoo.scoring.highlights import RankedGalaxies, largest_votes
from galaxyzoo.tree import ID_COLUMN, Tree

_ANSWERS_SHOWN = 3
_VOTED_COLOR = "#555555"
_IMAGE = 96
_GAP = 18
_ROW = 144
_GROUP_NAME = 36
_COLUMN = (WIDTH - 2 * MARGIN + _GAP) / 3
_BARS = _COLUMN - _GAP - _IMAGE - 12
_ANSWER = 43


@styled
def draw_gallery(  # noqa: PLR0913, PLR0917  all that the figure shows
    tree: Tree,
    network: Network,
    ranked: RankedGalaxies,
    predicted: pd.DataFrame,
    voted: pd.DataFrame,
    images: Mapping[str, NDArray[np.uint8]],
    galaxies: Galaxies,
) -> Figure:
    """The galaxies that `rank_galaxies` found, each with its three largest voted answers.

    `images` holds the processed image of each, by GalaxyID.
    """
    answers = "known answers" if galaxies.masked else f"{len(tree.columns)} answers"
    note = (
        f"{galaxies.kind.capitalize()} test galaxies, by RMSE over their {answers}; "
        "each with its three largest votes."
    )
    height = HEADER + _GROUP_NAME + max(map(len, ranked)) * _ROW
    title = f"{network.label}: best, median and worst predictions"
    figure = new_figure(height, title, note, galaxies.rendered)
    _explain_colors(figure, network)
    for number, (group, errors) in enumerate(ranked._asdict().items()):
        left = MARGIN + number * _COLUMN
        add_rule(figure, left, HEADER, _COLUMN - _GAP)
        add_text(figure, left, HEADER + 8, group.capitalize(), fontweight="bold")
        for row, (galaxy_id, error) in enumerate(errors.items()):
            top = HEADER + _GROUP_NAME + row * _ROW
            add_image(figure, left, top, _IMAGE, images[galaxy_id])
            caption = f"{ID_COLUMN} {galaxy_id}\nRMSE {error:.3f}"
            add_text(figure, left, top + _IMAGE + 4, caption, fontsize=SMALL, color=FAINT)
            axes = add_axes(figure, left + _IMAGE + 12, top, _BARS, _ANSWERS_SHOWN * _ANSWER)
            _draw_answers(axes, tree, network.color, predicted.loc[galaxy_id], voted.loc[galaxy_id])
    return figure


def _explain_colors(figure: Figure, network: Network) -> None:
    figure.legend(
        handles=[Patch(color=_VOTED_COLOR), Patch(color=network.color)],
        labels=["voted", "predicted"],
        loc="upper right",
        bbox_to_anchor=place(figure, WIDTH - MARGIN, HEADER + 4),
        borderaxespad=0,
        ncols=2,
    )


def _draw_answers(
    axes: Axes, tree: Tree, color: str, predicted: pd.Series, voted: pd.Series
) -> None:
    """A pair of bars for each of the answers with the largest voted fractions."""
    axes.set_axis_off()
    axes.set_xlim(0, 1.3)  # room for the numbers beside the bars
    axes.set_ylim(_ANSWERS_SHOWN, 0)
    for top, column in enumerate(largest_votes(voted, _ANSWERS_SHOWN)):
        axes.text(0, top, tree.texts[column], verticalalignment="top", fontsize=SMALL)
        _draw_bar(axes, top + 0.45, voted[column], _VOTED_COLOR)
        _draw_bar(axes, top + 0.72, predicted[column], color)


def _draw_bar(axes: Axes, middle: float, fraction: float, color: str) -> None:
    axes.barh(middle, 1, height=0.19, color=BAND)
    axes.barh(middle, fraction, height=0.19, color=color)
    axes.text(1.05, middle, f"{fraction:.2f}", verticalalignment="center_baseline", fontsize=SMALL)
