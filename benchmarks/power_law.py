"""Power laws: how an error falls with the number of galaxies, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_EXPONENTS = np.linspace(0.02, 1.5, 371)
_DRAWS = 1000
_SEED = 2013


@dataclass(frozen=True)
class PowerLaw:
    """error = floor + scale * galaxies ** -exponent"""

    floor: float
    scale: float
    exponent: float

    def __call__(self, galaxies: Numbers) -> Numbers:
        errors: Numbers = self.floor + self.scale * galaxies**-self.exponent
        return errors


def fit_power_law(galaxies: Numbers, errors: Numbers, floor: bool) -> PowerLaw:
    """The power law with the least squared differences; its floor is at least 0, or 0 if not asked.

    `galaxies` and `errors` are [N]. Exponents are tried one by one; for each, the rest is linear.
    """
    fits = [_fit_at(float(exponent), galaxies, errors, floor) for exponent in _EXPONENTS]
    return min(fits, key=lambda law: float(np.square(law(galaxies) - errors).sum()))


def _fit_at(exponent: float, galaxies: Numbers, errors: Numbers, floor: bool) -> PowerLaw:
    falling = galaxies**-exponent
    if floor:
        columns = np.stack([np.ones_like(falling), falling], axis=1)
        (lowest, scale), *_ = np.linalg.lstsq(columns, errors)
        if lowest > 0:
            return PowerLaw(float(lowest), float(scale), exponent)
    return PowerLaw(0.0, float(falling @ errors / (falling @ falling)), exponent)


def redrawn(galaxies: Numbers, errors: Numbers, floor: bool) -> list[PowerLaw]:
    """Power laws of so many data sets that might have been measured (residual bootstrap).

    To the fitted errors, residuals are added that are drawn from all that there are, with their
    size corrected for the parameters that were fitted (Efron and Tibshirani 1993, section 9.4).
    """
    law = fit_power_law(galaxies, errors, floor)
    fitted = law(galaxies)
    freedom = max(len(errors) - (3 if floor else 2), 1)
    residuals = (errors - fitted) * np.sqrt(len(errors) / freedom)
    draws = np.random.default_rng(_SEED)
    return [
        fit_power_law(galaxies, fitted + draws.choice(residuals, len(errors)), floor)
        for _ in range(_DRAWS)
    ]


def band(laws: list[PowerLaw], galaxies: Numbers) -> tuple[Numbers, Numbers]:
    """Between which errors nine of ten of the `laws` lie, at each number of galaxies."""
    errors = np.stack([law(galaxies) for law in laws])
    low, high = np.quantile(errors, [0.05, 0.95], axis=0)
    return low, high
