"""Profiles of light: plain functions of position, each 1 where its docstring says so."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.sample.galaxy import Spiral

Map = NDArray[np.float64]
"""A brightness or a coordinate at every detector pixel; render.py says why in float64."""


def sersic_b(index: float) -> float:
    """The b_n that makes a Sersic profile's radius hold half of its light.

    Ciotti & Bertin 1999, A&A 352, 447, equation 18; good to 1e-4 for an index from 0.5 up.
    """
    return (
        2 * index
        - 1 / 3
        + 4 / (405 * index)
        + 46 / (25515 * index**2)
        + 131 / (1148175 * index**3)
        - 2194697 / (30690717750 * index**4)
    )


def sersic(r: Map, radius: float, index: float) -> Map:
    """Sersic's profile, 1 at the half-light `radius`."""
    profile: Map = np.exp(-sersic_b(index) * ((r / radius) ** (1 / index) - 1))
    return profile


def elliptical_radius(x: Map, y: Map, axis_ratio: float, boxiness: float, core: float) -> Map:
    """Along the major axis, the radius of the isophote through (x, y); at least about `core`."""
    if boxiness == 2:
        ellipse: Map = np.sqrt(x**2 + (y / axis_ratio) ** 2 + core**2)
        return ellipse
    along, across = np.abs(x), np.abs(y) / axis_ratio
    box: Map = (along**boxiness + across**boxiness + core**boxiness) ** (1 / boxiness)
    return box


def edge_on_disc(x: Map, z: Map, scale: float, height: float) -> Map:
    """An exponential disc seen from the side, 1 at its centre; x along it, z across.

    van der Kruit & Searle 1981, A&A 95, 105: t K1(t) sech^2(z/height), with t = |x|/scale. Their
    Bessel term is approximated to 4% by sqrt(1 + t pi/2) exp(-t).
    """
    t = np.abs(x) / scale
    across = 1 / np.cosh(np.clip(z / height, -20, 20)) ** 2
    light: Map = np.sqrt(1 + np.pi / 2 * t) * np.exp(-t) * across
    return light


def bar(x: Map, y: Map, half_length: float, axis_ratio: float) -> Map:
    """A bar along x, 1 at its centre, with a flat top and soft ends."""
    g = elliptical_radius(x, y, axis_ratio, boxiness=2.6, core=0.0) / half_length
    light: Map = np.exp(-1.2 * g**3) * (1 - 0.25 * np.tanh(2 * g))
    return light


def annulus(r: Map, radius: float, width: float) -> Map:
    """A Gaussian ring, 1 at its `radius`."""
    light: Map = np.exp(-0.5 * ((r - radius) / width) ** 2)
    return light


def smoothstep(x: Map, low: float, high: float) -> Map:
    """0 up to `low`, 1 from `high`, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    step: Map = t * t * (3 - 2 * t)
    return step


def winding_angle(r: Map, theta: Map, spiral: Spiral) -> Map:
    """An angle that is constant along a logarithmic spiral of the pitch asked for."""
    turns = np.log(np.maximum(r, 1.0) / spiral.start) / np.tan(spiral.pitch)
    winding: Map = theta - spiral.handedness * turns - spiral.phase
    return winding


def arm_pattern(winding: Map, spiral: Spiral, wobble: Map, pieces: Map) -> Map:
    """Where the arms are: 1 on the ridge of an arm, towards 0 between arms.

    `wobble` bends the arms, by an angle; `pieces` are random numbers around 0, alike along a
    spiral, which take over as the raggedness rises.
    """
    phase = spiral.arms * (winding + wobble)
    sharpness = {1: 4.5, 2: 2.2}.get(spiral.arms, 1.7)
    whole = np.exp(sharpness * (np.cos(phase) - 1))
    unequal = 1 + 0.22 * np.cos(winding + 1.0) * (spiral.arms > 1)
    ragged = 1 / (1 + np.exp(-2.6 * (pieces - 0.45)))
    pattern: Map = (1 - spiral.raggedness) * whole * unequal + spiral.raggedness * ragged
    return pattern


def window(r: Map, spiral: Spiral) -> Map:
    """Where a spiral has arms at all: 1 between its start and end."""
    begins = smoothstep(r, 0.6 * spiral.start, 1.3 * spiral.start)
    ends = 1 - smoothstep(r, 0.72 * spiral.end, 1.2 * spiral.end)
    return begins * ends


def smooth_noise(rng: np.random.Generator, side: int, cells: int) -> Map:
    """Gaussian noise of deviation about 1 that changes over 1/`cells` of the side."""
    coarse = rng.standard_normal((cells + 4, cells + 4), dtype=np.float32)
    margin = 2 * side // cells  # of Pillow's bicubic, which flattens at the borders
    fine = Image.fromarray(coarse).resize((side + 2 * margin,) * 2, Image.Resampling.BICUBIC)
    middle: Map = np.asarray(fine, np.float64)[margin : margin + side, margin : margin + side]
    return 1.4 * middle


def spiral_noise(rng: np.random.Generator, r: Map, winding: Map) -> Map:
    """Noise of deviation about 1 that is alike along a spiral: pieces of many arms."""
    log_r = np.log(np.maximum(r, 1.0))
    total = np.zeros_like(r)
    for mode in range(3, 9):
        drift, first, second = rng.uniform(0, 2 * np.pi, 3)
        fades = 0.6 + 0.4 * np.sin(rng.uniform(1, 5) * log_r + drift)
        bends = 0.9 * np.sin(rng.uniform(2, 5) * log_r + second)
        total += fades * np.cos(mode * winding + first + bends)
    return total / 1.15
