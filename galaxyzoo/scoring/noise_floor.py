"""The noise floor: the RMSE that a perfect model would have, since the votes scatter.

A perfect model knows, for each answer, the chance p that a volunteer gives it, and predicts that.
The label is the fraction of n volunteers who gave it, so that it scatters around p: on its way down
the tree, each volunteer either comes to an answer and gives it, or doesn't, which makes a label of
the whole tree a binomial fraction with the variance p (1 - p) / n, whatever questions led to it.

p isn't known, and the label x stands in for it. Since x scatters itself, x (1 - x) is too small on
average, by the factor (n - 1) / n; dividing by n - 1 makes up for that exactly. So the mean of
x (1 - x) / (n - 1) over all answers and galaxies is the square of the floor, without bias.

That is for plain fractions of n volunteers. Published ones are weighted by how well a volunteer
agrees with others, which leaves fewer than n, and debiased by redshift, which can multiply the
scatter of a few: both raise the floor, and nothing here knows by how much (docs/noise_floor.md).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from galaxyzoo.base.files import read_json, write_json
from galaxyzoo.scoring.rmse import Fractions, mean_known

VOLUNTEERS = (40, 50)
"""Fewest and most who look at a galaxy, where nobody says otherwise (Willett et al. 2013)"""

_DIGITS = 6


@dataclass(frozen=True)
class NoiseFloor:
    """Between which RMSEs a perfect model lies; both NaN where no answer is known."""

    fewest: int
    """Volunteers that a galaxy has at least"""
    most: int
    lowest: float
    """The RMSE if all galaxies had the most volunteers"""
    highest: float
    """The RMSE if all had the fewest"""

    def write(self, path: Path) -> None:
        content = asdict(self)
        write_json(path, {n: None if math.isnan(own) else own for n, own in content.items()})

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        content = read_json(path)
        known: dict[str, Any] = {n: math.nan if own is None else own for n, own in content.items()}
        return cls(**known)

    def in_words(self) -> str:
        """What it means, to follow a colon; empty where no answer is known."""
        if math.isnan(self.lowest):
            return ""
        return (
            f"votes of {self.fewest} to {self.most} volunteers scatter, so that even a perfect "
            f"model would have an RMSE of {self.lowest:.3f} to {self.highest:.3f}"
        )


def find_noise_floor(voted: Fractions, volunteers: Sequence[int] = VOLUNTEERS) -> NoiseFloor:
    """The floor for some labels [N, C], NaN where an answer isn't known.

    `volunteers` are the fewest, at least 2, and the most who looked at each galaxy.
    """
    fewest, most = volunteers
    lowest, highest = (round(noise_floor(voted, n), _DIGITS) for n in (most, fewest))
    return NoiseFloor(fewest, most, lowest, highest)


def noise_floor(voted: Fractions, volunteers: int) -> float:
    """The RMSE of a perfect model on labels [N, C] of so many volunteers each, at least 2."""
    scatter = np.multiply(voted, 1 - voted, dtype=np.float64)
    return math.sqrt(float(mean_known(scatter, ~np.isnan(voted))) / (volunteers - 1))
