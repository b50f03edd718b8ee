"""A map of galaxies: near to each other are those that a network sees alike.

What a network has seen of an image, before its last layer, is a point in a space of many
dimensions. The map is its shadow on the plane in which the points of the test galaxies differ most,
found by principal component analysis (PCA).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.files import write_csv
from galaxyzoo.base.ids import Ids
from galaxyzoo.tree import ID_COLUMN

MOST = 2000
"""Galaxies of a map; more would only make the page large that shows it"""

_DIGITS = 4
_SAME = 1e-9
_PLACES = "map.csv"
_SHARES = "map_variance.csv"

Features = NDArray[np.float32]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureMap:
    """Where the maps of some networks have the same galaxies."""

    places: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["model", ID_COLUMN, "x", "y"])
    )
    """A row per network and galaxy: model, GalaxyID, x, y, each from -1 to 1"""
    shares: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["x", "y"]).rename_axis("model")
    )
    """By network: how much of the variance of its features is along each axis, of 1"""

    def write(self, folder: Path) -> None:
        write_csv(folder / _PLACES, self.places)
        write_csv(folder / _SHARES, self.shares.reset_index())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What `write` wrote; an empty map of what wrote none."""
        if not (folder / _PLACES).is_file():
            return cls()
        return cls(
            pd.read_csv(folder / _PLACES, dtype={ID_COLUMN: str}),
            pd.read_csv(folder / _SHARES, index_col="model"),
        )


def map_galaxies(galaxy_ids: Ids, features: Mapping[str, Features], most: int = MOST) -> FeatureMap:
    """The maps of networks, by name, from their features [N, D] of the same galaxies.

    Where there are more than `most` galaxies, so many of them, evenly out of all.
    """
    count = len(galaxy_ids)
    chosen = np.arange(min(count, most)) * count // max(min(count, most), 1)
    tables, shares = [], {}
    for model, own in features.items():
        places, shares[model] = principal_plane(own[chosen])
        table = pd.DataFrame(places, columns=["x", "y"])
        table.insert(0, ID_COLUMN, galaxy_ids[chosen].astype(str))
        table.insert(0, "model", model)
        tables.append(table)
    if not tables:
        return FeatureMap()
    by_model = pd.DataFrame.from_dict(shares, orient="index", columns=["x", "y"])
    return FeatureMap(pd.concat(tables, ignore_index=True), by_model.rename_axis("model"))


def principal_plane(features: Features) -> tuple[Numbers, Numbers]:
    """Places [N, 2] of points [N, D] on their first two principal axes, and the shares [2] of the
    variance along these.

    Along each axis the outermost points are at -1 and 1. An axis points to where the feature grows
    that counts most for it, so that the same points have the same map.
    """
    points = features.astype(np.float64)
    points -= points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points, full_matrices=False)
    axes = axes[:2]
    leading = np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1)
    flat = np.zeros((len(points), 2))
    flat[:, : len(axes)] = points @ (axes * np.where(leading < 0, -1, 1)).T
    variance = np.zeros(2)
    variance[: len(axes)] = sizes[:2] ** 2
    places = _between_ones(flat)
    shares = variance / max(float((sizes**2).sum()), np.finfo(float).tiny)
    return places.round(_DIGITS) + 0.0, shares.round(_DIGITS)  # no negative zero


def _between_ones(points: Numbers) -> Numbers:
    """The same points [N, 2], each axis moved and stretched to be from -1 to 1; 0: none differ."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = (high - low) / 2
    centered: Numbers = points - (low + high) / 2
    stretched: Numbers = np.divide(centered, half, out=np.zeros_like(points), where=half > _SAME)
    return stretched
