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

    `galaxies` and `errors` are [N].
    """
    return fit_power_laws(galaxies, errors[None], floor)[0]


def fit_power_laws(galaxies: Numbers, errors: Numbers, floor: bool) -> list[PowerLaw]:
    """The power law of each of D data sets: `galaxies` [N], `errors` [D, N].

    Exponents are tried one by one; for each, the rest is linear.
    """
    falling = galaxies ** -_EXPONENTS[:, None]  # [E, N]
    floors = _floors(falling, errors) if floor else np.zeros((len(errors), len(falling)))
    # where the best floor is below 0, the best that isn't is 0
    floors = np.maximum(floors, 0)
    scales = (errors @ falling.T - floors * falling.sum(axis=1)) / np.square(falling).sum(axis=1)
    fitted = floors[..., None] + scales[..., None] * falling
    best = np.square(fitted - errors[:, None]).sum(axis=2).argmin(axis=1)
    return [
        PowerLaw(float(floors[row, place]), float(scales[row, place]), float(_EXPONENTS[place]))
        for row, place in enumerate(best)
    ]


def _floors(falling: Numbers, errors: Numbers) -> Numbers:
    """Where the straight line through errors over `falling` [E, N] begins: [D, E]."""
    centred = falling - falling.mean(axis=1, keepdims=True)
    slopes = errors @ centred.T / np.square(centred).sum(axis=1)
    lines: Numbers = errors.mean(axis=1, keepdims=True) - slopes * falling.mean(axis=1)
    return lines


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
    return fit_power_laws(galaxies, fitted + draws.choice(residuals, (_DRAWS, len(errors))), floor)


def band(laws: list[PowerLaw], galaxies: Numbers) -> tuple[Numbers, Numbers]:
    """Between which errors nine of ten of the `laws` lie, at each number of galaxies."""
    errors = np.stack([law(galaxies) for law in laws])
    low, high = np.quantile(errors, [0.05, 0.95], axis=0)
    return low, high
