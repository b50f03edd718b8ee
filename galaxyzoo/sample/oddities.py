"""What makes a galaxy odd, added to one that has been drawn already."""

from dataclasses import replace

import numpy as np

from galaxyzoo.sample.galaxy import (
    Arc,
    Body,
    Colour,
    Disc,
    DustLane,
    Galaxy,
    Kind,
    Ring,
    Spot,
    Tail,
)
from galaxyzoo.sample.surroundings import BLUE, CREAM, RED, YELLOW, YOUNG, between, draw_scar

# of the smooth galaxies and the face-on discs
_ARCS, _DISTURBED, _STRANGE = 0.045, 0.035, 0.045


def with_dust(rng: np.random.Generator, galaxy: Galaxy) -> Galaxy:
    """Lay a lane of dust across a smooth galaxy, and make its image sharp enough to show it."""
    lane = DustLane(
        depth=rng.uniform(1.3, 2.8),
        width=rng.uniform(4, 7),
        offset=rng.normal(0, 2),
        tilt=rng.normal(0, 0.35),
        half_length=rng.uniform(32, 60),
        bend=rng.normal(0, 6),
    )
    sharp = replace(galaxy.exposure, detector_pixels=max(galaxy.exposure.detector_pixels, 176))
    return replace(galaxy, exposure=sharp, body=replace(galaxy.body, dust=lane))


def with_outer_ring(rng: np.random.Generator, galaxy: Galaxy) -> Galaxy:
    """A ring around a round galaxy, such as Hoag's object."""
    ring = Ring(rng.uniform(38, 52), rng.uniform(4, 6), rng.uniform(1.0, 2.6), YOUNG)
    disc = Disc(20.0, 0.2, float(np.arccos(rng.uniform(0.3, 1))), 0.2, BLUE, BLUE, 0.5)
    spheroid = galaxy.body.spheroid
    assert spheroid is not None
    small = replace(spheroid, radius=0.55 * spheroid.radius)
    body = replace(galaxy.body, ring=ring, disc=disc, spheroid=small, warp=2.0)
    return replace(galaxy, body=body)


def with_oddities(rng: np.random.Generator, galaxy: Galaxy) -> Galaxy:
    """Give some galaxies something odd; most stay as they are."""
    fate = rng.random()
    if fate < _ARCS and galaxy.kind is Kind.SMOOTH and _is_yellow(galaxy.body):
        return replace(galaxy, arc=_arc(rng))
    if fate < _ARCS + _DISTURBED:
        return _disturb(rng, galaxy)
    if fate < _ARCS + _DISTURBED + _STRANGE:
        return _make_strange(rng, galaxy)
    return galaxy


def draw_tail(rng: np.random.Generator, start: float, colour: Colour, strength: float) -> Tail:
    """A tidal tail; `strength` is how bright it is, up to about 1."""
    return Tail(
        start=start,
        length=rng.uniform(45, 95),
        width=rng.uniform(4.5, 9),
        angle=rng.uniform(0, 2 * np.pi),
        bend=float(rng.choice([-1, 1]) * rng.uniform(0.4, 2.0)),
        brightness=strength * rng.uniform(0.7, 1.6),
        colour=colour,
    )


def _is_yellow(body: Body) -> bool:
    return body.spheroid is not None and body.spheroid.colour[0] > body.spheroid.colour[2]


def _arc(rng: np.random.Generator) -> Arc:
    return Arc(
        radius=rng.uniform(40, 62),
        width=rng.uniform(2.5, 5),
        angle=rng.uniform(0, 2 * np.pi),
        span=rng.uniform(1.1, 2.9),
        brightness=rng.uniform(4, 9),
        colour=between(rng, YOUNG, BLUE, 0.08),
    )


def _disturb(rng: np.random.Generator, galaxy: Galaxy) -> Galaxy:
    """Pull a galaxy about and give it plumes, without a second galaxy to see."""
    strength = rng.uniform(0.55, 1.0)
    colour = between(rng, CREAM, BLUE, 0.04)
    tails = tuple(
        draw_tail(rng, 18 + 8 * strength, colour, strength) for _ in range(rng.integers(1, 4))
    )
    body = replace(galaxy.body, warp=10 * strength, tails=tails)
    return replace(galaxy, body=body, disturbance=strength)


def _make_strange(rng: np.random.Generator, galaxy: Galaxy) -> Galaxy:
    """A glowing gas cloud beside the galaxy, a streak across it, or a huddle of companions."""
    strangeness = rng.uniform(0.6, 1.0)
    fate = rng.random()
    if fate < 0.4:
        body = replace(galaxy.body, blobs=galaxy.body.blobs + _gas_cloud(rng))
        return replace(galaxy, body=body, strangeness=strangeness)
    around = galaxy.surroundings
    if fate < 0.62:
        around = replace(around, trails=(*around.trails, draw_scar(rng)))
    else:
        around = replace(around, stars=around.stars + _huddle(rng))
    return replace(galaxy, surroundings=around, strangeness=strangeness)


def _gas_cloud(rng: np.random.Generator) -> tuple[Spot, ...]:
    """Gas lit by a quasar, such as Hanny's Voorwerp (Lintott et al. 2009, arXiv:0906.5304)."""
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(36, 52)
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    colour: Colour = ((0.8, 1.4, 0.8), (0.6, 1.0, 1.4))[rng.integers(2)]
    return tuple(
        Spot(
            float(x + rng.normal(0, 9)),
            float(y + rng.normal(0, 9)),
            rng.uniform(3.5, 10),
            rng.uniform(150, 900),
            colour,
        )
        for _ in range(rng.integers(7, 13))
    )


def _huddle(rng: np.random.Generator) -> tuple[Spot, ...]:
    """Small round companions in front of the galaxy."""
    colour = between(rng, RED, YELLOW, 0.05)
    return tuple(
        Spot(
            float(rng.normal(0, 26)),
            float(rng.normal(0, 26)),
            rng.uniform(3, 5),
            rng.uniform(500, 2500),
            colour,
        )
        for _ in range(rng.integers(3, 7))
    )
