"""Predicted against voted fractions, for the answers on which galaxies differ most."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

from galaxyzoo.figures.style import (
    FAINT,
    HEADER,
    Galaxies,
    lay_out_below_header,
    new_figure,
    styled,
)
from galaxyzoo.networks.common.network import Network
from galaxyzoo.scoring.highlights import find_telling_answers
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import Tree

_BINS = 20
_LETTERS_PER_LINE = 17


@styled
def draw_predicted_voted(
    tree: Tree,
    networks: list[Network],
    predicted: Mapping[str, pd.DataFrame],
    voted: pd.DataFrame,
    galaxies: Galaxies,
) -> Figure:
    """How many galaxies have which voted and predicted fraction: a row of panels per network.

    `voted` and each network's `predicted` hold the tree's columns for the same galaxies in the same
    order. A panel shows the galaxies whose answer is known.
    """
    columns = find_telling_answers(tree, voted)
    known = ", where known" if galaxies.masked else ""
    note = (
        f"{galaxies.test:,} {galaxies.kind} test galaxies{known}: the darker, the more of them. "
        "Of each of some questions, the answer whose votes vary most."
    )
    height = HEADER + 80 + 142 * len(networks)
    figure = new_figure(height, "Predicted and voted fractions", note, galaxies.rendered)
    lay_out_below_header(figure)
    panels = figure.subplots(len(networks), len(columns), sharex=True, sharey=True, squeeze=False)
    for row, network in zip(panels, networks, strict=True):
        for axes, column in zip(row, columns, strict=True):
            _draw_counts(axes, predicted[network.name][column], voted[column], network)
        row[0].set_ylabel(f"{network.label}\nvoted", color=network.color, fontweight="bold")
    for axes in panels[-1]:
        axes.set_xlabel("Predicted")
    for axes, column in zip(panels[0], columns, strict=True):
        answer = textwrap.fill(tree.texts[column], _LETTERS_PER_LINE)
        axes.set_title(f"{answer}\n{column}\n{axes.get_title()}")
    return figure


def _draw_counts(axes: Axes, predicted: pd.Series, voted: pd.Series, network: Network) -> None:
    edges, known = np.linspace(0, 1, _BINS + 1), voted.notna()
    counts, _, _ = np.histogram2d(voted[known], predicted[known], bins=(edges, edges))
    colors = LinearSegmentedColormap.from_list(network.name, ["white", network.color])
    axes.pcolormesh(
        edges,
        edges,
        np.ma.masked_equal(counts, 0),
        cmap=colors,
        norm=LogNorm(0.4, max(counts.max(), 1)),
    )
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.7)
    error = rmse(predicted.to_numpy(), voted.to_numpy())
    axes.set_title(f"RMSE {error:.3f}")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
