"""What a network misses, as far as all that its layers find tells it: kernel ridge regression.

A network makes fractions of what its last layer sees. What the layers before it find, such as
brightness, colours and edges, says something of what is missed then; it is learned from the
galaxies of the training split, with a Gaussian kernel (Saunders, Gammerman and Vovk 1998), and on
landmarks among them, which are enough and keep files small (Nystroem's method, Williams and Seeger
2001). Far from all galaxies that it was learned from it is 0. docs/tuning.md says what it gains.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from galaxyzoo.base.messages import shorten
from galaxyzoo.networks.common.metadata import Fields, MetadataError
from galaxyzoo.predict.likeness import Features, evened, middle_and_widths
from galaxyzoo.predict.limits import MOST_RIDGE

MOST_LANDMARKS = 1024

_TENSORS = ("mean", "widths", "landmarks", "weights")
_AT_A_TIME = 4096
"""Images whose distances from all landmarks are in memory"""
_JITTER = 1e-6
"""Of landmarks that hardly differ: keeps the equations solvable"""
_MOST_GALAXIES = 10**9


@dataclass(frozen=True)
class Residuals:
    """What to add to the fractions of a network, by what its layers find."""

    mean: Features
    """[D], of the square roots of what the layers find"""
    widths: Features
    """[D]: the standard deviations of these"""
    landmarks: Features
    """[M, D]: M of the galaxies that it was learned from, in widths from the mean"""
    weights: Features
    """[M, C]"""
    ridge: float
    galaxies: int
    """From how many it was learned"""

    def of(self, layers: Features) -> NDArray[np.float64]:
        """[N, C]: what is missed of images whose layers find [N, D]."""
        missed = np.empty((len(layers), self.weights.shape[1]))
        for start in range(0, len(layers), _AT_A_TIME):
            rows = slice(start, start + _AT_A_TIME)
            near = _kernel((evened(layers[rows]) - self.mean) / self.widths, self.landmarks)
            missed[rows] = near @ self.weights.astype(np.float64)
        return missed

    def added_to(self, fractions: Features, layers: Features) -> Features:
        """Fractions [N, C] of images whose layers find [N, D], and what is missed of them."""
        return (fractions + self.of(layers)).clip(0, 1).astype(np.float32)

    def tensors(self) -> dict[str, Tensor]:
        """What a model file has as tensors, by name."""
        return {name: torch.from_numpy(getattr(self, name)) for name in _TENSORS}

    def as_dict(self) -> dict[str, Any]:
        """What else a model file has, for `parse_residuals`."""
        return {"ridge": self.ridge, "galaxies": self.galaxies}


def learn_residuals(layers: Features, missed: NDArray[np.floating], ridge: float) -> Residuals:
    """From galaxies whose layers find [N, D], and whose votes exceed predictions by [N, C].

    Each answer is learned from those whose votes are known; others are NaN. `ridge` is above 0:
    with a larger one, less is added.
    """
    points = evened(layers)
    mean, widths = middle_and_widths(points)
    points = (points - mean) / widths
    count = min(len(points), MOST_LANDMARKS)
    landmarks = points[np.linspace(0, len(points) - 1, count).round().astype(int)]
    near = _kernel(points, landmarks)
    held = ridge * _kernel(landmarks, landmarks) + _JITTER * np.eye(count)
    weights = np.zeros((count, missed.shape[1]))
    for rows, columns in _known_alike(missed):
        own = near[rows]
        weights[:, columns] = np.linalg.solve(
            own.T @ own + held, own.T @ missed[np.ix_(rows, columns)].astype(np.float64)
        )
    numbers = (mean, widths, landmarks, weights)
    tensors = {n: own.astype(np.float32) for n, own in zip(_TENSORS, numbers, strict=True)}
    return Residuals(ridge=ridge, galaxies=len(points), **tensors)


def _known_alike(
    values: NDArray[np.floating],
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.int64]]]:
    """The columns of values [N, C] that are known, no NaN, in the same rows [N]; and these rows."""
    patterns, of = np.unique(~np.isnan(values), axis=1, return_inverse=True)
    for number, rows in enumerate(patterns.T):
        yield rows, np.flatnonzero(of.reshape(-1) == number)


def _kernel(points: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.float64]:
    """[N, M]: 1 for two points at the same place, down to 0 for those far from each other."""
    a, b = points.astype(np.float64), others.astype(np.float64)
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * a @ b.T
    near: NDArray[np.float64] = np.exp(-squares.clip(0) / (2 * a.shape[1]))
    return near


def parse_residuals(
    own: Fields, tensors: Mapping[str, Tensor], width: int, columns: int
) -> Residuals:
    """What a model file says, whose layers find [N, `width`]; MetadataError if wrong."""
    count = tensors["landmarks"].shape[0] if tensors.get("landmarks", torch.zeros(())).ndim else 0
    expected = {
        "mean": [width],
        "widths": [width],
        "landmarks": [count, width],
        "weights": [count, columns],
    }
    found = {name: list(tensor.shape) for name, tensor in tensors.items()}
    if found != expected or not 0 < count <= MOST_LANDMARKS:
        raise MetadataError(f"residuals must be numbers {expected}, got {shorten(found)}")
    if not bool((tensors["widths"] > 0).all()):
        raise MetadataError("residuals.widths must be above 0")
    ridge, galaxies = own.number("ridge", 0, MOST_RIDGE), own.whole("galaxies", 0, _MOST_GALAXIES)
    numbers = {name: tensors[name].numpy() for name in _TENSORS}
    return Residuals(ridge=ridge, galaxies=galaxies, **numbers)
