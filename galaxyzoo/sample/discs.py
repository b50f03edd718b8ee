"""Disc galaxies, drawn from a generator: from S0 to Sd, barred or not, at every inclination."""

import numpy as np

from galaxyzoo.sample.galaxy import (
    EDGE_ON,
    Bar,
    Body,
    Disc,
    DustLane,
    Ring,
    Sersic,
    Spiral,
)
from galaxyzoo.sample.surroundings import BLUE, CREAM, RED, YELLOW, YOUNG, between

_ARMS = {1: 0.07, 2: 0.48, 3: 0.12, 4: 0.12, 5: 0.05, 6: 0.05, 7: 0.02, 0: 0.09}
"""Share of the spirals with so many arms; 0: pieces of arms that nobody can count."""


def draw_disc_galaxy(rng: np.random.Generator, size: float = 1.0, face_on: bool = False) -> Body:
    """A disc galaxy in the middle of the image; `face_on` keeps it from being seen edge-on."""
    cosine = rng.uniform(0.35 if face_on else 0.0, 1.0)
    inclination = float(np.arccos(cosine))
    if inclination >= EDGE_ON - 0.03:
        return _edge_on(rng, inclination)
    bulge_share = _bulge_share(rng)
    disc = _disc(rng, inclination, bulge_share, size)
    spiral = _spiral(rng, disc, bulge_share) if rng.random() < 0.76 else None
    bar = _bar(rng, disc, spiral) if rng.random() < 0.36 else None
    ring = _ring(rng, disc) if rng.random() < (0.05 if spiral else 0.22) else None
    return Body(
        x=0.0,
        y=0.0,
        angle=rng.uniform(0, np.pi),
        spheroid=_bulge(rng, disc, bulge_share),
        disc=disc,
        bar=bar,
        spiral=spiral,
        ring=ring,
        warp=size * rng.uniform(0.3, 2.2),
    )


def _bulge_share(rng: np.random.Generator) -> float:
    """Bulge over total light: often little, sometimes most of it."""
    if rng.random() < 0.07:
        return float(rng.uniform(0.5, 0.75))
    return float(rng.beta(1.0, 3.6))


def bulge_over_total(body: Body) -> float:
    """Share of a disc galaxy's light that its bulge gives; 1 without a disc."""
    bulge = 0.0 if body.spheroid is None else body.spheroid.brightness * body.spheroid.radius**2
    if body.disc is None:
        return 1.0
    disc = body.disc.brightness * body.disc.scale**2
    return bulge * _BULGE_FLUX / (bulge * _BULGE_FLUX + disc)


_BULGE_FLUX = 2.6  # over 2 pi: of a Sersic profile of index 2 to 3 with brightness and radius 1


def _bulge(rng: np.random.Generator, disc: Disc, share: float) -> Sersic | None:
    if share < 0.015:
        return None
    flux = share / (1 - share) * disc.brightness * disc.scale**2
    radius = disc.scale * rng.uniform(0.22, 0.34) * (1 + 1.6 * share)
    flattening = 1 - 0.6 * (1 - np.cos(disc.inclination))
    return Sersic(
        radius=float(radius),
        index=float(rng.uniform(1.2, 2.6) + share),
        brightness=float(flux / radius**2 / _BULGE_FLUX),
        axis_ratio=float(rng.uniform(0.9, 1.0) * flattening),
        colour=between(rng, RED, YELLOW, 0.04),
    )


def _disc(rng: np.random.Generator, inclination: float, bulge_share: float, size: float) -> Disc:
    late = bulge_share < 0.2
    return Disc(
        scale=float(size * 21.0 * rng.lognormal(0, 0.15)),
        brightness=float((11 if late else 13) * rng.lognormal(0, 0.4)),
        inclination=inclination,
        thickness=0.17,
        colour=between(rng, YELLOW, CREAM, 0.04),
        outer_colour=between(rng, BLUE, YOUNG if late else YELLOW, 0.04),
        clumpiness=rng.uniform(0.05, 0.4) if late else rng.uniform(0.0, 0.12),
    )


def _spiral(rng: np.random.Generator, disc: Disc, bulge_share: float) -> Spiral:
    arms = int(rng.choice(list(_ARMS), p=list(_ARMS.values())))
    raggedness = rng.uniform(0.85, 1.0) if arms == 0 else min(rng.exponential(0.13), 0.5)
    tightness = rng.normal(21 - 12 * bulge_share + (4 if arms == 1 else 0), 9)
    late = bulge_share < 0.25
    return Spiral(
        arms=arms or 5,
        pitch=float(np.radians(np.clip(tightness, 7.5, 46))),
        contrast=float(np.clip(rng.normal(0.72, 0.22), 0.12, 1.0)),
        raggedness=float(raggedness),
        start=disc.scale * rng.uniform(0.45, 0.85),
        end=disc.scale * rng.uniform(2.7, 3.7),
        phase=rng.uniform(0, 2 * np.pi),
        handedness=int(rng.choice([-1, 1])),
        knots=int(rng.integers(6, 45)) if late else int(rng.integers(0, 8)),
        colour=between(rng, YOUNG, CREAM, 0.04) if late else between(rng, BLUE, YELLOW, 0.04),
    )


def _bar(rng: np.random.Generator, disc: Disc, spiral: Spiral | None) -> Bar:
    half_length = disc.scale * rng.uniform(0.8, 1.55)
    # arms leave the ends of a bar
    angle = spiral.phase + _turn(spiral, half_length) if spiral else rng.uniform(0, np.pi)
    return Bar(
        half_length=half_length,
        axis_ratio=rng.uniform(0.22, 0.4),
        angle=float(angle),
        brightness=disc.brightness * rng.uniform(0.35, 1.4),
        colour=between(rng, RED, CREAM, 0.04),
    )


def _turn(spiral: Spiral, radius: float) -> float:
    """By how much an arm has turned between its start and `radius`."""
    return float(spiral.handedness * np.log(radius / spiral.start) / np.tan(spiral.pitch))


def _ring(rng: np.random.Generator, disc: Disc) -> Ring:
    return Ring(
        radius=disc.scale * rng.uniform(1.7, 3.0),
        width=disc.scale * rng.uniform(0.22, 0.4),
        brightness=disc.brightness * rng.uniform(0.1, 0.32),
        colour=between(rng, YELLOW, BLUE, 0.05),
    )


def _edge_on(rng: np.random.Generator, inclination: float) -> Body:
    """A disc from the side, with a round bulge, a boxy one or none."""
    old = rng.random() < 0.6
    bright = between(rng, RED, YELLOW, 0.04) if old else between(rng, CREAM, BLUE, 0.04)
    disc = Disc(
        scale=float(24 * rng.lognormal(0, 0.15)),
        brightness=float(5.5 * rng.lognormal(0, 0.35)),
        inclination=inclination,
        thickness=float(np.clip(rng.normal(0.15, 0.035), 0.09, 0.25)),
        colour=bright,
        outer_colour=between(rng, CREAM, BLUE, 0.04),
        clumpiness=0.1 if old else rng.uniform(0.1, 0.5),
    )
    dust = None
    if inclination > np.radians(83.5) and rng.random() < 0.35:
        dust = DustLane(
            depth=rng.uniform(0.8, 2.0),
            width=disc.scale * disc.thickness * rng.uniform(0.55, 0.85),
            offset=rng.normal(0, 0.8),
            tilt=rng.normal(0, 0.015),
            half_length=3.2 * disc.scale,
            bend=0.0,
        )
    return Body(
        x=0.0,
        y=0.0,
        angle=rng.uniform(0, np.pi),
        spheroid=_edge_on_bulge(rng, disc),
        disc=disc,
        dust=dust,
        warp=rng.uniform(0, 1.2),
    )


def _edge_on_bulge(rng: np.random.Generator, disc: Disc) -> Sersic | None:
    kind = rng.random()
    if kind < 0.35:
        return None
    boxy = kind > 0.8
    return Sersic(
        radius=float(disc.scale * (rng.uniform(0.55, 0.75) if boxy else rng.uniform(0.3, 0.6))),
        index=0.8 if boxy else rng.uniform(1.2, 3.0),
        brightness=disc.brightness * (rng.uniform(0.7, 1.2) if boxy else rng.uniform(0.5, 1.3)),
        axis_ratio=rng.uniform(0.5, 0.62) if boxy else rng.uniform(0.6, 0.95),
        colour=between(rng, RED, YELLOW, 0.04),
        boxiness=rng.uniform(3.4, 5) if boxy else 2.0,
    )
