"""Which of many images are nearest: an exact search, which looks at all of them."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

_BLOCK = 2**13
"""Images at a time: what is computed in between then stays small"""
_TINY = np.float32(1e-20)


def distances(features: Numbers, query: Numbers) -> Numbers:
    """How far images of `features` [N, D] are from one of features `query` [D]: float32 [N].

    What counts is the direction: the distance is that of unit vectors, from 0 for the same to 2,
    and to sqrt(2) for features that aren't negative, of which then no two are in both.
    """
    own = _unit(query[None])
    found = np.empty(len(features), np.float32)
    for start in range(0, len(features), _BLOCK):
        apart = _unit(features[start : start + _BLOCK]) - own
        found[start : start + _BLOCK] = np.einsum("nd,nd->n", apart, apart)
    return np.sqrt(found, out=found)


def nearest_first(away: Numbers) -> NDArray[np.int64]:
    """The places of images, by how far they are `away`; of equals, the first comes first."""
    return np.argsort(away, kind="stable")


def _unit(vectors: Numbers) -> Numbers:
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    scaled: Numbers = vectors / np.maximum(lengths, _TINY)[:, None]
    return scaled
