"""The same picture under several GalaxyIDs: found by the bytes of the processed images."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.ids import Ids
from galaxyzoo.base.messages import MOST_NAMED
from galaxyzoo.findings import Finding, finding

_DIGEST = 16
_CHUNK = 2**24  # bytes
_MOST_IDS = 5


def find_twins(images: Path, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of M galaxies is the first to have the picture of each: int64 [M].

    `rows` [M] tells where they stand in the array of processed images, uint8 [N, H, W, 3]. That is
    read once, a piece at a time. A galaxy whose picture no other has is its own first.
    """
    digests = np.fromiter(
        (blake2b(row, digest_size=_DIGEST).digest() for row in _rows(images)), f"S{_DIGEST}"
    )
    _, first, which = np.unique(digests[rows], return_index=True, return_inverse=True)
    found: NDArray[np.int64] = first[which]
    return found


def _rows(path: Path) -> Iterator[memoryview]:
    """The bytes of each row of an array, in order, not mapped: the pages would count as memory."""
    array = np.load(path, mmap_mode="r")
    size = int(np.prod(array.shape[1:])) * array.itemsize
    many = max(_CHUNK // size, 1)
    with path.open("rb") as file:
        file.seek(array.offset)
        while chunk := file.read(many * size):
            view = memoryview(chunk)
            yield from (view[start : start + size] for start in range(0, len(chunk), size))


def keep_together(split: pd.DataFrame, firsts: NDArray[np.int64]) -> tuple[pd.DataFrame, bool]:
    """The split with each galaxy on the side of the first that has its picture, and True.

    The split as it is, and False, if a side had no galaxy left.
    """
    together = split.assign(subset=split["subset"].to_numpy()[firsts])
    kept = together["subset"].nunique() == split["subset"].nunique()
    return (together if kept else split), kept


def tell_twins(galaxy_ids: Ids, firsts: NDArray[np.int64], kept: bool) -> list[Finding]:
    """The pictures that several galaxies have, by the ids of these; whether they were `kept`."""
    others = np.flatnonzero(firsts != np.arange(len(firsts)))
    pictures = np.unique(firsts[others])
    told = [" = ".join(galaxy_ids[firsts == own][:_MOST_IDS]) for own in pictures[:MOST_NAMED]]
    done = (
        "Each is kept on one side of the split, so that no test asks what was learned"
        if kept
        else "They are on both sides of the split, since one would have none left without them"
    )
    return finding(
        "same-picture",
        [*told, *pictures[MOST_NAMED:]],
        "{picture stands|pictures stand} under several GalaxyIDs",
        f"{done}; leave out all but one of each",
    )
