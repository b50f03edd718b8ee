from itertools import pairwise

import numpy as np

from galaxyzoo.figures.loss import draw_losses
from galaxyzoo.figures.style import Galaxies, as_networks
from tests.figures.drawings import make_history

GALAXIES = Galaxies(rendered=False, train=48, test=12)
EPOCHS = {"cnn": 6, "resnet": 3, "mine": 40}
HISTORIES = {name: make_history(epochs) for name, epochs in EPOCHS.items()}


def test_each_network_has_a_panel_with_both_splits_from_epoch_0_on() -> None:
    figure = draw_losses(as_networks(list(EPOCHS)), HISTORIES, GALAXIES)
    assert [axes.get_title() for axes in figure.axes] == ["CNN", "ResNet-18", "mine"]
    for axes, (name, history) in zip(figure.axes, HISTORIES.items(), strict=True):
        train, test = axes.lines
        assert np.array_equal(train.get_ydata(), history["train_mse"])
        assert np.array_equal(test.get_ydata(), history["test_mse"])
        for line in (train, test):
            assert np.array_equal(line.get_xdata(), np.arange(EPOCHS[name] + 1))


def test_the_panels_share_a_logarithmic_scale() -> None:
    figure = draw_losses(as_networks(list(EPOCHS)), HISTORIES, GALAXIES)
    figure.draw_without_rendering()
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
    for one, other in pairwise(figure.axes):
        assert one.get_ylim() == other.get_ylim()
