"""GalaxyIDs: names of galaxies, kept digit by digit.

An id is text and never a number, which would wrap, round, or lose its leading zeros. Inside arrays
they are NumPy's unicode, which need no pickle.
"""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.str_]
"""[N]: the GalaxyIDs of some galaxies"""

MOST_DIGITS = 100

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


def id_array(galaxy_ids: Iterable[str]) -> Ids:
    """Ids, in the order given, as an array without Python objects in it."""
    return np.array(list(galaxy_ids), dtype=np.str_)
