"""For each answer a galaxy that shows it: many gave the answer, and one can see why."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from galaxyzoo.base.ids import id_array, places_in_order
from galaxyzoo.tree import Tree

Images = Mapping[str, NDArray[np.uint8]]

_CANDIDATES = 12
_NEARLY = 0.85
"""The part of the highest fraction that a galaxy must have to stand for an answer"""
_WINDOW = 1 / 9
"""Of an image's side: what is finer than that is detail"""
_NOISE = 3.0
"""The difference from its surroundings, of 255, up to which a pixel shows nothing"""
_MIDDLE = 0.9
"""The part of an image's width in which its galaxy is; what shines beyond is something else"""


class Exemplar(NamedTuple):
    """A galaxy that stands for one answer."""

    column: str
    galaxy_id: str
    fraction: float


def find_exemplars(tree: Tree, labels: pd.DataFrame, images: Images) -> list[Exemplar]:
    """For each answer that is known of any galaxy, one that shows it.

    Of the dozen galaxies with the highest fractions, as far as these are at least 85% of the
    highest, it is the one with the most detail to see. None stands for two answers while there are
    others.
    `labels` holds the tree's columns, indexed by GalaxyID; NaN: not known. `images` has those of
    all of them by GalaxyID, uint8 [H, H, 3]; only those of candidates are looked at. Among equals
    the lowest GalaxyID wins.
    """
    ascending = labels.iloc[places_in_order(id_array(labels.index))]
    found: dict[str, Exemplar] = {}
    taken: set[str] = set()
    # those far down have the fewest galaxies to choose from
    for column in sorted(tree.columns, key=lambda own: -tree.depth(tree.asker(own))):
        fractions = ascending[column].dropna().sort_values(ascending=False, kind="stable")
        if len(fractions):
            found[column] = _most_telling(column, fractions, images, taken)
            taken.add(found[column].galaxy_id)
    return [found[column] for column in tree.columns if column in found]


def _most_telling(column: str, fractions: pd.Series, images: Images, taken: set[str]) -> Exemplar:
    free = fractions[~fractions.index.isin(taken)]
    highest = (free if len(free) else fractions)[:_CANDIDATES]
    candidates = highest[highest >= _NEARLY * highest.iloc[0]]
    detail = [visible_detail(images[str(galaxy_id)]) for galaxy_id in candidates.index]
    best = int(np.argmax(detail))
    return Exemplar(column, str(candidates.index[best]), float(candidates.iloc[best]))


def visible_detail(image: NDArray[np.uint8]) -> float:
    """How much there is to see of the galaxy in the middle of an image, and not beside it.

    That is by how much pixels differ from the mean of their surroundings, summed over the middle,
    less twice what is near the corners: other galaxies, stars, and what a faulty image shows.
    """
    bright = image.mean(axis=2)
    side = len(bright)
    around = bright
    reach = max(round(side * _WINDOW / 2), 1)
    for axis in (0, 1):
        padded = np.pad(around, reach, mode="edge")
        around = sliding_window_view(padded, 2 * reach + 1, axis).mean(axis=2)
        around = around.take(range(reach, reach + side), 1 - axis)
    detail = np.abs(bright - around)
    detail[detail < _NOISE] = 0
    rows, columns = np.indices(bright.shape) - (side - 1) / 2
    middle = np.hypot(rows, columns) < _MIDDLE * side / 2
    return float(detail[middle].sum() - 2 * detail[~middle].sum())


def deepest_exemplar(tree: Tree, exemplars: list[Exemplar]) -> Exemplar:
    """The exemplar of the answer furthest down the tree from which questions follow still.

    In Galaxy Zoo 2 that is one in which many volunteers saw spiral arms. Where no such answer has
    an exemplar, it is the first exemplar.
    """
    leading = [exemplar for exemplar in exemplars if tree.after(exemplar.column)]
    depth = {exemplar: tree.depth(tree.asker(exemplar.column)) for exemplar in leading}
    return max(leading, key=depth.__getitem__, default=exemplars[0])
