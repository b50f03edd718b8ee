"""How like the images that a network learned from an image is: a distance in what it finds.

What a network's layers find in an image, means over the image, are a point. Those of the images
that it learned from are a cloud around their mean, wide in some directions and thin in others, and
the distance of another point from that mean is counted in widths of the cloud (Mahalanobis
distance, Lee et al. 2018, arXiv:1807.03888). docs/unlike.md compares it with other scores, on
images that are no galaxies as the network knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from galaxyzoo.base.messages import shorten
from galaxyzoo.networks.common.metadata import Fields, MetadataError

Features = NDArray[np.float32]

UNLIKE = "is unlike the images that the model learned from"
"""What a warning says, after the name of an image"""

LEAST = 50
"""Images below which nothing is known of a cloud"""

MOST = 4096
"""Images from which the cloud is known well enough; more would only take time"""

_PARTS = 5
_ENOUGH = 5
"""False alarms among images held out, from which on their distances tell how far is too far"""
_LEAST_SHRUNK = 1e-3
"""Of a cloud, at least this part is taken to be as wide in all directions"""
_THINNEST = 1e-2
"""Of a number, its deviation in units of the mean one, below which it counts as so much"""
_TINY = 1e-12
_FURTHEST = 1e9


@dataclass(frozen=True)
class Cloud:
    """Where the features of some images lie."""

    mean: Features
    """[D], of the square roots of their features"""
    widths: Features
    """[D, D]: multiplied by this, the cloud is as wide in all directions: a deviation of 1"""

    @classmethod
    def of(cls, features: Features) -> Self:
        """The cloud of images of these features [N, D], at least 2."""
        points = evened(features)
        mean, deviations = middle_and_widths(points)
        covariance = _shrunk((points - mean) / deviations)
        widths = np.linalg.cholesky(np.linalg.inv(covariance)) / deviations[:, None]
        return cls(mean.astype(np.float32), widths.astype(np.float32))

    def distances(self, features: Features) -> NDArray[np.float64]:
        """[N]: how far images of these features [N, D] are, in widths of the cloud; 1 is usual."""
        centered = evened(features) - self.mean
        squared = np.square(centered @ self.widths.astype(np.float64))
        distances: NDArray[np.float64] = np.sqrt(squared.mean(axis=1))
        return distances


def evened(features: Features) -> NDArray[np.float64]:
    """Square roots, which are spread more evenly around their mean than what is mostly small."""
    points = features.astype(np.float64)
    return np.copysign(np.sqrt(np.abs(points)), points)


def middle_and_widths(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean [D] of points [N, D], and their standard deviations, none of which is near 0."""
    deviations = points.std(axis=0)
    # One that hardly any image has, or none, would make any distance endless.
    return points.mean(axis=0), np.maximum(deviations, _THINNEST * deviations.mean() or 1.0)


def _shrunk(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The covariance [D, D] of points [N, D] around 0, the more like that of a ball the fewer.

    As Ledoit and Wolf 2004 (J. Multivar. Anal. 88, 365) derive it: without, what is far from the
    cloud of few points would be noise.
    """
    number, size = points.shape
    found = points.T @ points / number
    ball = np.eye(size) * (np.trace(found) / size or 1.0)
    noise = (np.square(points).T @ np.square(points) / number - np.square(found)).sum() / number
    unlike_a_ball = max(np.square(found - ball).sum(), _TINY)
    part = np.clip(noise / unlike_a_ball, _LEAST_SHRUNK, 1)
    shrunk: NDArray[np.float64] = (1 - part) * found + part * ball
    return shrunk


@dataclass(frozen=True)
class Likeness:
    """The cloud of the images that a network learned from, and how far from it is too far."""

    cloud: Cloud
    threshold: float
    """The distance beyond which an image is unlike them"""
    galaxies: int
    """Of how many images the cloud is"""

    def unlike(self, features: Features) -> NDArray[np.bool_]:
        """[N]: whether images of these features [N, D] are too far."""
        far: NDArray[np.bool_] = self.cloud.distances(features) > self.threshold
        return far

    def warnings(self, features: Features) -> list[str]:
        """What to warn of, for images of these features [N, D]; empty where there is nothing."""
        return [UNLIKE if far else "" for far in self.unlike(features)]

    def tensors(self) -> dict[str, Tensor]:
        """What a model file has as tensors, by name."""
        return {name: torch.from_numpy(own) for name, own in vars(self.cloud).items()}

    def as_dict(self) -> dict[str, Any]:
        """What else a model file has, for `parse_likeness`."""
        return {"threshold": self.threshold, "galaxies": self.galaxies}


def parse_likeness(own: Fields, tensors: Mapping[str, Tensor], width: int) -> Likeness:
    """What a model file says, whose network has features [N, `width`]; MetadataError if wrong."""
    shapes = {"mean": [width], "widths": [width, width]}
    for name in sorted(shapes | dict(tensors)):
        shape = list(tensors[name].shape) if name in tensors else "none"
        if shape != shapes.get(name):
            expected = f"numbers {shapes[name]}" if name in shapes else "none"
            raise MetadataError(f"likeness.{name} must be {expected}, got {shorten(shape)}")
    threshold = own.number("threshold", 0, _FURTHEST)
    cloud = Cloud(**{name: tensor.numpy() for name, tensor in tensors.items()})
    return Likeness(cloud, threshold, own.whole("galaxies", 0, 10**9))


def learn_likeness(
    learned: Features, false_alarms: float, held_out: Features | None = None
) -> Likeness:
    """What tells images unlike those of features `learned` [N, D], at least `LEAST`.

    Of images like them, a share of `false_alarms` is to be too far all the same: of those
    `held_out` [M, D] from the network, if they are enough to tell, else of some of those that it
    learned from, as seen from a cloud of the others.
    """
    cloud = Cloud.of(learned)
    if held_out is not None and len(held_out) * false_alarms >= _ENOUGH:
        distances = cloud.distances(held_out)
    else:
        distances = _from_others(learned)
    return Likeness(cloud, threshold_of(distances, false_alarms), len(learned))


def threshold_of(distances: NDArray[np.float64], false_alarms: float) -> float:
    """The distance that a share of `false_alarms` of some distances exceeds."""
    return round(float(np.quantile(distances, 1 - false_alarms, method="higher")), 6)


def _from_others(features: Features) -> NDArray[np.float64]:
    """How far each image is from the cloud of those that aren't in its part."""
    parts = np.arange(len(features)) % _PARTS
    distances = np.empty(len(features))
    for part in range(_PARTS):
        others = Cloud.of(features[parts != part])
        distances[parts == part] = others.distances(features[parts == part])
    return distances
