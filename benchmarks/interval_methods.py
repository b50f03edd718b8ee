"""Ways to make intervals around predictions, for benchmarks/intervals.py to compare.

Each learns from galaxies that the network has not seen, and gives the bounds of others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from galaxyzoo.predict.calibrating import Known, calibrate, learn_bounds, usual_range, weigh
from galaxyzoo.predict.intervals import COVERAGE, distances, features
from galaxyzoo.scoring.coverage import Bounds
from galaxyzoo.tree import GZ2

Values = NDArray[np.float64]
TAIL = (1 - COVERAGE) / 2


@dataclass(frozen=True)
class Given:
    """What is known of N galaxies."""

    predicted: Values
    """[N, C]: as files predict, means over views moved onto the tree"""
    spread: Values
    """[N, C]: the standard deviation over views, before that"""
    pooled: Values
    """[N, F]: what the network's last layer sees, mean over views"""
    voted: Values
    """[N, C]"""

    @property
    def errors(self) -> Values:
        """[N, C]: how much higher the votes are; NaN where nobody was asked."""
        return np.where(weigh(GZ2, self.voted) > 0, self.voted - self.predicted, np.nan)

    def of(self, rows: NDArray[Any]) -> "Given":
        own = (self.predicted, self.spread, self.pooled, self.voted)
        return Given(*(array[rows] for array in own))


Method = Callable[[Given, Given], Bounds]
"""From whom to learn, and whose bounds to give"""


def constant(known: Given, asked: Given) -> Bounds:
    """Split conformal: as far from each prediction (Vovk et al. 2005, Lei et al. 2018)."""
    return _scaled(known, asked, lambda own: np.ones_like(own.predicted))


def scatter(known: Given, asked: Given) -> Bounds:
    """Split conformal, in units of sqrt(p (1 - p) + 0.002) of a prediction p."""
    return _scaled(known, asked, _deviation)


def scatter_spread(known: Given, asked: Given) -> Bounds:
    """The same, in units that also grow with the spread over views."""
    return _scaled(known, asked, lambda own: _deviation(own) + 2 * own.spread)


def bins(known: Given, asked: Given) -> Bounds:
    """Split conformal in bins of about 100 neighbouring predictions of an answer (Mondrian)."""
    low, high = np.empty_like(asked.predicted), np.empty_like(asked.predicted)
    for column in range(low.shape[1]):
        asked_it = ~np.isnan(known.errors[:, column])
        p, errors = known.predicted[asked_it, column], known.errors[asked_it, column]
        groups = np.array_split(np.argsort(p, kind="stable"), max(len(p) // 100, 1))
        centres = [p[own].mean() for own in groups]
        below = [_upper(-errors[own, None])[0] for own in groups]
        above = [_upper(errors[own, None])[0] for own in groups]
        own = asked.predicted[:, column]
        low[:, column] = own - np.interp(own, centres, below)
        high[:, column] = own + np.interp(own, centres, above)
    return _kept_in(asked.predicted, low, high)


def regression(known: Given, asked: Given) -> Bounds:
    """What galaxyzoo does: linear quantile regression on the predictions, conformalised."""
    return Bounds(*calibrate(GZ2, known.predicted, known.voted, 1).around(asked.predicted))


def regression_asked(known: Given, asked: Given) -> Bounds:
    """The same, and linear in the predicted fraction of who is asked and in its scatter."""
    return _regressed(known, asked, _of_asked)


def regression_spread(known: Given, asked: Given) -> Bounds:
    """The same as `regression`, with the spread over views as one more feature."""
    return _regressed(known, asked, lambda own: own.spread.T[..., None])


def quantile_network(known: Given, asked: Given) -> Bounds:
    """Conformalised quantile outputs (Romano et al. 2019): on what the last layer sees."""
    parts = np.random.default_rng(0).permutation(len(known.voted)) % 4 == 0
    learned, kept = known.of(~parts), known.of(parts)
    give = _train_quantiles(learned)
    own = give(kept)
    missed = np.maximum(own.low - kept.voted, kept.voted - own.high)
    missed[np.isnan(kept.errors)] = np.nan
    wider, given = _upper(missed, COVERAGE), give(asked)
    return _kept_in(asked.predicted, given.low - wider, given.high + wider)


METHODS: dict[str, Method] = {
    own.__name__: own
    for own in (
        constant,
        scatter,
        scatter_spread,
        bins,
        regression,
        regression_asked,
        regression_spread,
        quantile_network,
    )
}


def _upper(errors: Values, level: float = 1 - TAIL) -> Values:
    """Of each column, what so many of the next are up to: one more is counted than there are.

    NaN aren't counted.
    """
    counts = np.sum(~np.isnan(errors), axis=0)
    places = np.minimum(np.ceil((counts + 1) * level).astype(int), counts) - 1
    found: Values = np.take_along_axis(np.sort(errors, axis=0), places[None], axis=0)[0]
    return found


def _deviation(own: Given) -> Values:
    p = own.predicted.clip(0, 1)
    found: Values = np.sqrt(p * (1 - p) + 0.002)
    return found


def _scaled(known: Given, asked: Given, scale: Callable[[Given], Values]) -> Bounds:
    errors = known.errors / scale(known)
    units = scale(asked)
    low, high = asked.predicted - _upper(-errors) * units, asked.predicted + _upper(errors) * units
    return _kept_in(asked.predicted, low, high)


def _kept_in(predicted: Values, low: Values, high: Values) -> Bounds:
    return Bounds(np.minimum(low, predicted).clip(0, 1), np.maximum(high, predicted).clip(0, 1))


def _regressed(known: Given, asked: Given, more: Callable[[Given], Values]) -> Bounds:
    """With features [C, N, more] of their own."""
    weights = weigh(GZ2, known.voted)
    usual = usual_range(known.predicted, weights)

    def make(own: Given) -> Values:
        common, added = features(own.predicted, usual), more(own)
        return np.concatenate([common, np.stack([added, added])], axis=-1)

    questions = [GZ2.span(question) for question in GZ2.questions]
    given = Known(COVERAGE, make(known), known.predicted.T, known.voted.T, weights.T, questions)
    below, above = (distances(make(asked), own).T for own in learn_bounds(given))
    return _kept_in(asked.predicted, asked.predicted - below, asked.predicted + above)


def _of_asked(own: Given) -> Values:
    p, reach = own.predicted.clip(0, 1), np.empty_like(own.predicted)
    for question in GZ2.questions:
        reach[:, GZ2.span(question)] = GZ2.reach(question, p)[:, None]
    share = np.divide(p, reach, out=np.zeros_like(p), where=reach > 0).clip(0, 1)
    return np.stack([reach.T, (reach * np.sqrt(share * (1 - share))).T], axis=-1)


def _train_quantiles(known: Given, epochs: int = 150) -> Callable[[Given], Bounds]:
    """A layer of 128, and two outputs for each answer, trained with the pinball loss."""
    torch.manual_seed(0)
    answers = known.voted.shape[1]
    mean, scale = known.pooled.mean(axis=0), known.pooled.std(axis=0) + 1e-6

    def inputs(own: Given) -> torch.Tensor:
        seen = np.concatenate([(own.pooled - mean) / scale, own.predicted, own.spread], axis=1)
        return torch.from_numpy(seen.astype(np.float32))

    model = nn.Sequential(
        nn.Linear(inputs(known).shape[1], 128), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(128, 2 * answers), nn.Sigmoid(),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.05)
    x, y = inputs(known), torch.from_numpy(known.voted.astype(np.float32))
    asked = torch.from_numpy(~np.isnan(known.errors)).repeat(1, 2)
    levels = torch.tensor([TAIL, 1 - TAIL]).repeat_interleave(answers)
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(x)), 128):
            missed = y[rows].repeat(1, 2) - model(x[rows])
            losses = torch.maximum(levels * missed, (levels - 1) * missed)
            loss = losses[asked[rows]].mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    def give(own: Given) -> Bounds:
        with torch.no_grad():
            low, high = torch.split(model.eval()(inputs(own)).double(), answers, dim=1)
        return Bounds(low.numpy(), high.numpy())

    return give
