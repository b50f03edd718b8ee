"""Images that decode and can still be wrong: blank ones, and such as are filled up with one colour.

Looked at is what a network is to see: the centre, resized. The limits are far from what the 7,505
real images show at 64 pixels: a standard deviation of at least 9, a range of at least 55 in the
centre, a brightest pixel of at least 94, a mean of at most 120, and at most 9 more rows of one
colour on one side than on the other.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_DEVIATION = 3
LEAST_RANGE = 20
"""Of brightness in the inner quarter, in steps of 256"""

LEAST_BRIGHT = 30
"""The brightest pixel: less is left of a camera's few bits in a container of more"""

MOST_MEAN = 170
"""Of brightness: a negative is as bright as paper"""

MOST_FILLED = 0.2
"""Part of an image that one side's rows or columns of one colour take up, more than the other's"""

_SAME = 2  # steps of 256 within which a row is of one colour


def suspicion(image: NDArray[np.uint8]) -> str:
    """What is odd about an image as a network sees it, uint8 [S, S, 3]; empty if nothing is."""
    sums = image[..., 0].astype(np.int16) + image[..., 1] + image[..., 2]
    inner = slice(len(sums) // 4, -(len(sums) // 4))
    if sums.std() < 3 * LEAST_DEVIATION or np.ptp(sums[inner, inner]) < 3 * LEAST_RANGE:
        return "is blank, or nearly so"
    if sums.max() < 3 * LEAST_BRIGHT:
        return "is nearly black"
    if max(_filled(sums), _filled(np.ascontiguousarray(sums.T))) > MOST_FILLED * len(sums):
        return "is of one colour on one side"
    return "is as bright as a negative" if sums.mean() > 3 * MOST_MEAN else ""


def _filled(sums: NDArray[Any]) -> int:
    """How many more rows at one end than at the other are of one colour."""
    varied = sums.max(axis=1) - sums.min(axis=1) > 3 * _SAME
    return abs(int(varied.argmax()) - int(varied[::-1].argmax()))
