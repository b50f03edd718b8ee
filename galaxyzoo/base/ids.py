"""GalaxyIDs: names of galaxies, kept digit by digit.

An id is text and never a number, which would wrap, round, or lose its leading zeros. Inside arrays
they are NumPy's unicode, which need no pickle.
"""

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ids = NDArray[np.str_]
"""[N]: the GalaxyIDs of some galaxies"""

MOST_DIGITS = 100

_LAST = chr(MOST_DIGITS + 1)

_ID = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")


def is_id(text: str) -> bool:
    """Whether `text` is a GalaxyID: digits, and nothing else."""
    return _ID.fullmatch(text) is not None


def order(galaxy_id: str) -> tuple[int, str, str]:
    """What to sort ids by: as numbers of any length; of equal ones, that with more zeros first."""
    number = galaxy_id.lstrip("0")
    return len(number), number, galaxy_id


def ascending(galaxy_ids: Iterable[str]) -> list[str]:
    """Ids in the order of the numbers that they are, whatever their length."""
    return sorted(galaxy_ids, key=order)


def in_order(texts: Sequence[str], label: Callable[[str], str]) -> list[str]:
    """Texts in the order of their labels: as `order` has ids, and then all others as they stand.

    Sorts an array of short keys, which as Python's texts would take as much memory as `texts`.
    """
    longest = max((len(_key(label(text))) for text in texts), default=1)
    keys = (_key(label(text)).encode() for text in texts)
    places = np.argsort(np.fromiter(keys, f"S{longest}", len(texts)), kind="stable")
    return [texts[place] for place in places]


def _key(label: str) -> str:
    if not is_id(label):
        return _LAST
    number = label.lstrip("0")
    zeros = len(label) - len(number)
    return f"{chr(len(number))}{number}{chr(MOST_DIGITS - zeros if number else zeros)}"


def id_array(galaxy_ids: Iterable[str]) -> Ids:
    """Ids, in the order given, as an array without Python objects in it."""
    return np.array(list(galaxy_ids), dtype=np.str_)


def places_in_order(galaxy_ids: Ids) -> NDArray[np.int64]:
    """[N]: where the ids stand that `ascending` would give, one after the other."""
    numbers = np.char.lstrip(galaxy_ids, "0")
    return np.lexsort((galaxy_ids, numbers, np.char.str_len(numbers))).astype(np.int64)


def places_of(galaxy_ids: Ids, among: Ids) -> NDArray[np.int64]:
    """[M]: where each of M ids stands in `among`; -1 for one that isn't there."""
    return pd.Index(among).get_indexer(pd.Index(galaxy_ids)).astype(np.int64)
