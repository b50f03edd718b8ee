"""Sentences about the course of a training: where its errors went, and what batch norm did."""

import math

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.report.words import SAME
from galaxyzoo.scoring.rmse import gain_percent

Curve = NDArray[np.float64]

_RISEN = 1.02
"""Times the lowest test error, from which on the last one counts as risen"""
_LATE = 3
"""The last part of a training that tells where it is heading: one of so many"""
_FALLING = 0.97
"""Times an error of that part's beginning, below which it is still falling"""
_PARTING = 1.05
"""By how much the test error's distance from the training error, as their ratio, grows in that part
where the two part: else the curves run side by side, however far from each other"""


def curve(network: Contestant) -> str:
    """What the curves of one network show.

    That the test error lies above that of training tells nothing by itself: it always does in the
    end, and augmentation and dropout lift that of training. What tells is whether they part.
    """
    test, train = network.history["test_mse"].to_numpy(), network.history["train_mse"].to_numpy()
    lowest = int(test.argmin())
    start = f"The test MSE of {network.label} starts at {test[0]:.3f} and ends at {test[-1]:.4f}"
    if len(test) == 1 or test[-1] > test[0]:
        return f"{start}: it did not learn."
    if test[-1] > _RISEN * test[lowest]:
        return (
            f"{start}, but was lower ({test[lowest]:.4f}) after epoch {lowest}: "
            "more epochs did not help any more."
        )
    return f"{start}, {_heading(test, train)}."


def _heading(test: Curve, train: Curve) -> str:
    """Where the errors were heading in the last part of a training."""
    late = max(len(test) - 1 - max((len(test) - 1) // _LATE, 1), 0)
    falling = test[-1] < _FALLING * test[late]
    parting = test[-1] / train[-1] > _PARTING * test[late] / train[late]
    if parting and train[-1] < _FALLING * train[late]:
        slower = "falls more slowly than" if falling else "falls no more, unlike"
        return (
            f"where it {slower} the error on the training split ({train[-1]:.4f}): it has begun to "
            "learn its galaxies by heart"
        )
    if falling:
        return "and is still falling: a longer training may help"
    return "where it has settled: more epochs alone will hardly help"


def batch_norm(facts: Facts) -> list[str]:
    """What precise statistics of batch norm did, for each network that has them."""
    precise = [n for n in facts.networks if n.options.precise_bn and not n.options.ema_decay]
    return [_settled(network) for network in precise]


def _settled(network: Contestant) -> str:
    last = network.history.iloc[-1]
    running, precise = math.sqrt(last["test_mse_running_bn"]), math.sqrt(last["test_mse"])
    gain = gain_percent(precise, running)
    change = f"{network.label} goes from RMSE {running:.4f} to {precise:.4f}"
    if abs(gain) < SAME:
        return f"{change}: the averages had settled."
    return f"{change}." if gain > 0 else f"{change}: here they did not help."
