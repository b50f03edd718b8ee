"""Which galaxies train a network, which calibrate its intervals, and which test it."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import Ids, id_array, places_in_order, places_of
from galaxyzoo.base.messages import quoted
from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.labels.cells import Cells
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import read_ids
from galaxyzoo.labels.votes import Votes
from galaxyzoo.processed import open_array
from galaxyzoo.tree import ID_COLUMN, Tree

Subset = Literal["train", "calibration", "test"]
SUBSETS: tuple[Subset, ...] = ("train", "calibration", "test")
NEEDED: tuple[Subset, ...] = ("train", "test")
"""Which of them have galaxies in any case"""
SUBSET_COLUMN = "subset"

_CALIBRATION = 1  # which of the streams of draws from one seed


class SplitError(UserError):
    """The table of the split can't be used."""


def draw_split(galaxy_ids: Ids, test_fraction: float, seed: int) -> pd.DataFrame:
    """Draw the test split at random: a table of GalaxyID, ascending, and subset (train, test).

    The draw depends on the set of `galaxy_ids` and on `seed` alone, not on the order of the ids.
    At least one galaxy goes to either subset.
    """
    ids = galaxy_ids[places_in_order(galaxy_ids)]
    tested = min(max(round(len(ids) * test_fraction), 1), len(ids) - 1)
    subset = np.full(len(ids), "train", dtype=object)
    subset[np.random.default_rng(seed).permutation(len(ids))[:tested]] = "test"
    return pd.DataFrame({ID_COLUMN: ids, SUBSET_COLUMN: subset})


def set_apart(
    split: pd.DataFrame, firsts: NDArray[np.int64], fraction: float, seed: int
) -> pd.DataFrame:
    """The split with a share of the galaxies that train now kept for calibration; none for 0.

    Those that test stay as they are. `firsts` [M] is what `find_twins` gives: galaxies of one
    picture stay together. The draw depends on which galaxies train and on `seed` alone, and leaves
    at least one to train.
    """
    trained = (split[SUBSET_COLUMN] == "train").to_numpy()
    pictures = np.flatnonzero(trained & (firsts == np.arange(len(firsts))))
    drawn = np.random.default_rng((seed, _CALIBRATION)).permutation(pictures)
    chosen = np.zeros(len(firsts), np.bool_)
    chosen[drawn[: min(round(len(pictures) * fraction), len(pictures) - 1)]] = True
    subset = split[SUBSET_COLUMN].mask(chosen[firsts] & trained, "calibration")
    return split.assign(**{SUBSET_COLUMN: subset})


def read_split(path: Path) -> dict[Subset, Ids]:
    """The GalaxyIDs of each subset, ascending; none to calibrate with, if none were set apart.

    Raises SplitError, which names the line where there is one, if the file isn't the table that
    the stage split wrote, or wrote with other content: it may have been edited.
    """
    try:
        cells = Cells.of(path, read_table_bytes(path))
        table = cells.columns((ID_COLUMN, SUBSET_COLUMN))
        ids = id_array(read_ids(cells, table[ID_COLUMN]))
    except LabelsError as error:
        raise SplitError(f"{error}; run `dvc repro`") from error
    subsets = table[SUBSET_COLUMN].to_numpy()
    _check_subsets(cells, subsets)
    own = {subset: ids[subsets == subset] for subset in SUBSETS}
    return {subset: chosen[places_in_order(chosen)] for subset, chosen in own.items()}


def _check_subsets(cells: Cells, subsets: NDArray[np.object_]) -> None:
    unknown = np.flatnonzero(~np.isin(subsets, SUBSETS))
    if len(unknown):
        raise SplitError(
            f"{cells.path}: line {cells.lines(unknown[:1])[0]}: the subset must be train, "
            f"calibration or test, got {quoted(subsets[unknown[0]])}; run `dvc repro`"
        )
    for subset in NEEDED:
        if subset not in subsets:
            raise SplitError(f"{cells.path}: has no galaxies in {subset}; run `dvc repro`")


def read_split_votes(
    split: Path, votes: Path, processed_ids: Path, tree: Tree
) -> dict[Subset, Votes]:
    """The votes on each subset's galaxies, ascending.

    Raises UserError if a galaxy of the split lacks votes, or isn't among the ids of the processed
    images.
    """
    subsets, own = read_split(split), Votes.read(votes, tree)
    known, voted = np.asarray(open_array(processed_ids)), id_array(own.fractions.index)
    for galaxy_ids in subsets.values():
        check_split(split, galaxy_ids, voted, votes)
        check_split(split, galaxy_ids, known, processed_ids)
    return {subset: own.of(galaxy_ids) for subset, galaxy_ids in subsets.items()}


def read_split_labels(
    split: Path, votes: Path, processed_ids: Path, tree: Tree
) -> dict[Subset, pd.DataFrame]:
    """The fractions alone: see `Votes.fractions`, and `read_split_votes`."""
    found = read_split_votes(split, votes, processed_ids, tree)
    return {subset: own.fractions for subset, own in found.items()}


def check_split(path: Path, galaxy_ids: Ids, known: Ids, where: Path) -> None:
    """Raise SplitError if `galaxy_ids`, of the split at `path`, aren't all `known` to `where`."""
    missing = galaxy_ids[places_of(galaxy_ids, known) < 0]
    if len(missing):
        raise SplitError(
            f"{path}: {len(missing)} of its galaxies are not in {where}, such as {ID_COLUMN} "
            f"{missing[0]}: the split is of other data; run `dvc repro`"
        )
