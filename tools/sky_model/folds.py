"""The folds of a cross-validation."""

import numpy as np
from numpy.typing import NDArray


def draw_folds(firsts: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """To which fold, from 1 on, each of M galaxies belongs: int64 [M].

    The folds are as equal as whole numbers allow, but that galaxies of one picture stay together:
    `firsts` [M] is what `labels.twins.find_twins` gives.
    """
    drawn = np.empty(len(firsts), np.int64)
    drawn[np.random.default_rng(seed).permutation(len(firsts))] = np.arange(len(firsts)) % folds
    together: NDArray[np.int64] = drawn[firsts] + 1
    return together
