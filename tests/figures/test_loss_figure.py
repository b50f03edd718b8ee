from itertools import pairwise

import numpy as np

from galaxyzoo.figures.loss import draw_losses, loss_table
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.networks import find
from tests.figures.drawings import MINE, make_history

GALAXIES = Galaxies(rendered=False, train=48, test=12)
EPOCHS = {"cnn": 6, "resnet": 3, "mine": 40}
NETWORKS = [find("cnn"), find("resnet"), MINE]
HISTORIES = {name: make_history(epochs) for name, epochs in EPOCHS.items()}


def test_each_network_has_a_panel_with_both_splits_from_epoch_0_on() -> None:
    figure = draw_losses(NETWORKS, HISTORIES, GALAXIES)
    assert [axes.get_title() for axes in figure.axes] == ["CNN", "ResNet-18", "mine"]
    for axes, (name, history) in zip(figure.axes, HISTORIES.items(), strict=True):
        train, test = axes.lines
        assert np.array_equal(train.get_ydata(), history["train_mse"])
        assert np.array_equal(test.get_ydata(), history["test_mse"])
        for line in (train, test):
            assert np.array_equal(line.get_xdata(), np.arange(EPOCHS[name] + 1))


def test_the_test_split_has_the_colour_of_its_network() -> None:
    figure = draw_losses(NETWORKS, HISTORIES, GALAXIES)
    colors = [axes.lines[1].get_color() for axes in figure.axes]
    assert colors == [network.color for network in NETWORKS]
    assert figure.axes[0].lines[0].get_color() not in colors


def test_the_panels_share_a_logarithmic_scale() -> None:
    figure = draw_losses(NETWORKS, HISTORIES, GALAXIES)
    figure.draw_without_rendering()
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
    for one, other in pairwise(figure.axes):
        assert one.get_ylim() == other.get_ylim()


def test_the_table_has_a_row_for_each_network_epoch_and_split() -> None:
    table = loss_table(NETWORKS, HISTORIES)
    assert list(table.columns) == ["network", "epoch", "split", "mse"]
    assert len(table) == sum(2 * (epochs + 1) for epochs in EPOCHS.values())
    assert list(table.index) == list(range(len(table)))
    for network in NETWORKS:
        history = HISTORIES[network.name]
        own = table[table["network"] == network.label]
        for split in ("train", "test"):
            curve = own[own["split"] == split]
            assert curve["epoch"].tolist() == history["epoch"].tolist()
            assert curve["mse"].tolist() == history[f"{split}_mse"].tolist()
