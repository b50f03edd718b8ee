"""Which galaxies train a network, and which test it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from galaxyzoo.errors import UserError
from galaxyzoo.ids import Ids, id_array, places_in_order
from galaxyzoo.labels.table import read_labels
from galaxyzoo.processed import open_array
from galaxyzoo.tree import ID_COLUMN, Tree

Subset = Literal["train", "test"]
SUBSETS: tuple[Subset, ...] = ("train", "test")


@dataclass(frozen=True)
class Matched:
    """The galaxies that have both an image and labels, and those that lack one; ids ascending."""

    both: Ids
    without_image: Ids
    without_labels: Ids

    def lacking(self) -> dict[str, Ids]:
        """What some galaxies lack, and which these are; empty if none lacks anything."""
        lacking = {"lack an image": self.without_image, "lack labels": self.without_labels}
        return {what: galaxy_ids for what, galaxy_ids in lacking.items() if len(galaxy_ids)}


def match(image_ids: Ids, label_ids: Ids) -> Matched:
    """Compare the galaxies that have an image with those that have labels.

    Raises UserError if no galaxy has both.
    """
    both = _in_order(np.intersect1d(image_ids, label_ids))
    if len(both) < 2:
        raise UserError(
            f"{len(both)} galaxies have both an image and labels ({len(image_ids)} images, "
            f"{len(label_ids)} rows of labels); training and testing need at least 2"
        )
    return Matched(
        both,
        without_image=_in_order(np.setdiff1d(label_ids, image_ids)),
        without_labels=_in_order(np.setdiff1d(image_ids, label_ids)),
    )


def _in_order(galaxy_ids: Ids) -> Ids:
    return galaxy_ids[places_in_order(galaxy_ids)]


def draw_split(galaxy_ids: Ids, test_fraction: float, seed: int) -> pd.DataFrame:
    """Draw the test split at random: a table of GalaxyID, ascending, and subset (train, test).

    The draw depends on the set of `galaxy_ids` and on `seed` alone, not on the order of the ids.
    At least one galaxy goes to either subset.
    """
    ids = _in_order(galaxy_ids)
    count = min(max(round(len(ids) * test_fraction), 1), len(ids) - 1)
    subset = np.full(len(ids), "train", dtype=object)
    subset[np.random.default_rng(seed).permutation(len(ids))[:count]] = "test"
    return pd.DataFrame({ID_COLUMN: ids, "subset": subset})


def read_split(path: Path, subset: Subset) -> Ids:
    """The GalaxyIDs of one subset, ascending."""
    table = pd.read_csv(path, dtype=str)
    return id_array(table.loc[table["subset"] == subset, ID_COLUMN])


def read_split_labels(
    split: Path, labels: Path, processed_ids: Path, tree: Tree
) -> dict[Subset, pd.DataFrame]:
    """The labels of each subset's galaxies, as `read_labels` gives them, ascending.

    Raises UserError if a galaxy of the split lacks labels, or isn't among the ids of the processed
    images.
    """
    known, table = open_array(processed_ids), read_labels(labels, tree)
    subsets: dict[Subset, pd.DataFrame] = {}
    for subset in SUBSETS:
        galaxy_ids = read_split(split, subset)
        check_split(split, galaxy_ids, id_array(table.index), labels)
        check_split(split, galaxy_ids, known, processed_ids)
        subsets[subset] = table.loc[list(galaxy_ids)]
    return subsets


def check_split(path: Path, galaxy_ids: Ids, known: Ids, where: Path) -> None:
    """Raise UserError if `galaxy_ids`, of the split at `path`, aren't all `known` to `where`."""
    missing = np.setdiff1d(galaxy_ids, known)
    if len(missing):
        raise UserError(
            f"{path}: {len(missing)} of its galaxies are not in {where}, such as {ID_COLUMN} "
            f"{missing[0]}: the split is of other data; run `dvc repro`"
        )
