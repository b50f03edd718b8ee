"""How far each network is from the votes, epoch by epoch."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from galaxyzoo.figures.style import (
    FAINT,
    Galaxies,
    lay_out_below_header,
    new_figure,
    styled,
)
from galaxyzoo.networks.common.network import Network

_HEIGHT = 400
_MOST_MARKED = 15  # epochs; beyond, a line without markers is easier to follow


def loss_table(networks: list[Network], histories: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The MSE of all networks in rows, for `dvc plots`: network, epoch, split, mse."""
    curves = [
        pd.DataFrame({"network": network.label, "epoch": history["epoch"]}).assign(
            split=split, mse=history[f"{split}_mse"]
        )
        for network in networks
        for history in [histories[network.name]]
        for split in ("train", "test")
    ]
    return pd.concat(curves, ignore_index=True)


@styled
def draw_losses(
    networks: list[Network], histories: Mapping[str, pd.DataFrame], galaxies: Galaxies
) -> Figure:
    """The MSE on both splits by epoch: a panel per network, on one scale.

    `histories` holds, by network, a row for each epoch from 0 on: epoch, train_mse, test_mse.
    """
    note = (
        f"{galaxies.kind.capitalize()} galaxies. Epoch 0: before training. "
        "Train: mean over the epoch; test: at its end."
    )
    figure = new_figure(_HEIGHT, "Mean squared error by epoch", note, galaxies.rendered)
    lay_out_below_header(figure)
    panels = figure.subplots(1, len(networks), sharey=True, squeeze=False)[0]
    for axes, network in zip(panels, networks, strict=True):
        _draw_loss(axes, network, histories[network.name])
    _set_scale(panels[0])
    panels[0].set_ylabel("Mean squared error (logarithmic)")
    return figure


def _draw_loss(axes: Axes, network: Network, history: pd.DataFrame) -> None:
    marker = "o" if len(history) <= _MOST_MARKED else ""
    for subset, color, line in (("train", FAINT, "--"), ("test", network.color, "-")):
        mse = history[f"{subset}_mse"]
        axes.plot(
            history["epoch"],
            mse,
            color=color,
            linestyle=line,
            marker=marker,
            markersize=4,
            label=f"{subset}, in the end {mse.iloc[-1]:.4f}",
        )
    axes.set_title(network.label, fontweight="bold", color=network.color)
    axes.set_xlabel("Epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", which="both")
    axes.legend(loc="best")


def _set_scale(axes: Axes) -> None:
    axes.set_yscale("log", subs=[2, 5])
    for formatter in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatter(StrMethodFormatter("{x:g}"))
