import numpy as np
import pytest

from benchmarks.power_law import band, fit_power_law, redrawn

GALAXIES = np.array([200.0, 400, 800, 1600, 2612] * 3)


def test_the_parameters_of_a_power_law_are_found() -> None:
    law = fit_power_law(GALAXIES, 0.06 + 0.4 * GALAXIES**-0.3, floor=True)
    assert law.floor == pytest.approx(0.06, abs=0.002)
    assert law.exponent == pytest.approx(0.3, abs=0.02)


def test_without_a_floor_errors_fall_for_ever() -> None:
    law = fit_power_law(GALAXIES, 0.3 * GALAXIES**-0.14, floor=False)
    assert law.floor == 0
    assert law.exponent == pytest.approx(0.14, abs=0.004)


def test_a_floor_is_never_below_zero() -> None:
    assert fit_power_law(GALAXIES, 0.2 - 0.02 * np.log(GALAXIES), floor=True).floor == 0


def test_the_band_holds_what_was_measured_and_widens_beyond() -> None:
    noise = np.random.default_rng(1).normal(0, 0.001, len(GALAXIES))
    laws = redrawn(GALAXIES, 0.06 + 0.4 * GALAXIES**-0.3 + noise, floor=True)
    low, high = band(laws, np.array([800.0, 240_000.0]))
    assert low[0] < 0.06 + 0.4 * 800**-0.3 < high[0]
    assert low[1] < 0.06 + 0.4 * 240_000**-0.3 < high[1]
    assert high[1] - low[1] > 5 * (high[0] - low[0])
