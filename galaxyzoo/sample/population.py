"""The population: which galaxies the sample is made of, drawn from a generator.

Broadly as often as in Galaxy Zoo 2 (Willett et al. 2013, arXiv:1308.3496), but with more of the
rare ones, so that 2,000 galaxies show every answer of the tree. Sizes, brightness, colours and
noise are set to come out like those of the competition's images.
"""

from dataclasses import replace

import numpy as np

from galaxyzoo.sample.discs import draw_disc_galaxy
from galaxyzoo.sample.galaxy import (
    Body,
    Disc,
    Exposure,
    Galaxy,
    Kind,
    Sersic,
    Spot,
    Surroundings,
    Tail,
)
from galaxyzoo.sample.oddities import draw_tail, with_dust, with_oddities, with_outer_ring
from galaxyzoo.sample.surroundings import (
    BLUE,
    CREAM,
    RED,
    YELLOW,
    YOUNG,
    between,
    draw_artifact,
    draw_exposure,
    draw_surroundings,
)

_SHARES = {
    Kind.SMOOTH: 0.345,
    Kind.DISC: 0.52,
    Kind.IRREGULAR: 0.055,
    Kind.MERGER: 0.065,
    Kind.STAR: 0.015,
}


def draw_galaxy(rng: np.random.Generator) -> Galaxy:
    """Draw one galaxy and its surroundings."""
    kind = list(_SHARES)[int(rng.choice(len(_SHARES), p=list(_SHARES.values())))]
    return _DRAW[kind](rng)


def _draw_smooth(rng: np.random.Generator) -> Galaxy:
    exposure = draw_exposure(rng, typical_size=5.7)
    axis_ratio = float(np.clip(1 - abs(rng.normal(0.0, 0.36)), 0.16, 1))
    index = float(rng.uniform(1.2, 4.2) if axis_ratio > 0.45 else rng.uniform(0.9, 2.2))
    blue = rng.random() < 0.14
    spheroid = Sersic(
        radius=float(23 * rng.lognormal(0, 0.2) * (index / 2.5) ** -0.25),
        index=1.3 if blue else index,
        brightness=float(min(7.5 * rng.lognormal(0, 0.4), 14)),
        axis_ratio=axis_ratio,
        colour=between(rng, BLUE, CREAM, 0.03) if blue else between(rng, RED, YELLOW, 0.04),
    )
    body = Body(0, 0, rng.uniform(0, np.pi), spheroid)
    crowded = not blue and rng.random() < 0.15
    around = draw_surroundings(rng, exposure, crowded, keep_clear=38)
    galaxy = Galaxy(Kind.SMOOTH, body, exposure, around)
    if rng.random() < 0.03:
        return with_dust(rng, galaxy)
    if rng.random() < 0.02:
        return with_outer_ring(rng, galaxy)
    return with_oddities(rng, galaxy)


def _draw_disc(rng: np.random.Generator) -> Galaxy:
    exposure = draw_exposure(rng, typical_size=8.5)
    body = draw_disc_galaxy(rng)
    around = draw_surroundings(rng, exposure, crowded=False, keep_clear=45)
    galaxy = Galaxy(Kind.DISC, body, exposure, around)
    if body.disc is not None and body.disc.is_edge_on:
        return galaxy
    return with_oddities(rng, galaxy)


def _draw_irregular(rng: np.random.Generator) -> Galaxy:
    exposure = draw_exposure(rng, typical_size=8)
    colour = between(rng, CREAM, YOUNG, 0.05)
    disc = Disc(
        scale=rng.uniform(14, 21),
        brightness=rng.uniform(6, 13),
        inclination=float(np.arccos(rng.uniform(0.35, 0.95))),
        thickness=0.4,
        colour=colour,
        outer_colour=colour,
        clumpiness=rng.uniform(0.6, 1.1),
    )
    body = Body(
        0,
        0,
        rng.uniform(0, np.pi),
        disc=disc,
        blobs=_clouds(rng, disc.axis_ratio),
        warp=rng.uniform(7, 13),
    )
    around = draw_surroundings(rng, exposure, crowded=False, keep_clear=45)
    return Galaxy(Kind.IRREGULAR, body, exposure, around)


def _clouds(rng: np.random.Generator, axis_ratio: float) -> tuple[Spot, ...]:
    """Regions of young stars, scattered along one direction and around a place off the centre."""
    angle = rng.uniform(0, np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    middle = rng.normal(0, 7, 2)
    clouds = []
    for _ in range(rng.integers(4, 16)):
        along, across = rng.normal(0, 20), rng.normal(0, 20 * axis_ratio)
        x = middle[0] + along * cosine - across * sine
        y = middle[1] + along * sine + across * cosine
        sigma = rng.uniform(1.5, 9)
        flux = rng.lognormal(0, 0.7) * 30 * sigma**1.6
        colour = between(rng, YOUNG, (1.05, 0.85, 1.1), 0.08)
        clouds.append(Spot(float(x), float(y), sigma, float(flux), colour))
    return tuple(clouds)


def _draw_merger(rng: np.random.Generator) -> Galaxy:
    """Two galaxies that touch: the middle of the image lies in the brighter or between them."""
    exposure = draw_exposure(rng, typical_size=8)
    direction, separation = rng.uniform(0, 2 * np.pi), rng.uniform(24, 58)
    share = rng.choice([0.0, 0.5]) * rng.uniform(0.7, 1)
    x, y = separation * np.cos(direction), separation * np.sin(direction)
    strength = rng.uniform(0.35, 1.0)
    first = _member(rng, (-share * x, -share * y), strength, 1.0)
    second = _member(rng, ((1 - share) * x, (1 - share) * y), strength, rng.uniform(0.6, 1))
    bridge = Tail(
        start=0,
        length=separation,
        width=rng.uniform(4, 7),
        angle=direction + rng.normal(0, 0.15),
        bend=rng.normal(0, 0.3),
        brightness=strength * rng.uniform(0.5, 1.3),
        colour=between(rng, CREAM, BLUE, 0.03),
    )
    first = replace(first, tails=(*first.tails, bridge))
    around = draw_surroundings(rng, exposure, crowded=False, keep_clear=70)
    return Galaxy(Kind.MERGER, first, exposure, around, second, disturbance=strength)


def _member(
    rng: np.random.Generator, place: tuple[float, float], strength: float, size: float
) -> Body:
    if rng.random() < 0.5:
        spheroid = Sersic(
            radius=size * rng.uniform(11, 16),
            index=rng.uniform(1.5, 4),
            brightness=rng.uniform(5, 12),
            axis_ratio=rng.uniform(0.55, 1),
            colour=between(rng, RED, CREAM, 0.04),
        )
        body = Body(*place, rng.uniform(0, np.pi), spheroid)
    else:
        drawn = draw_disc_galaxy(rng, size=0.7 * size, face_on=True)
        body = replace(drawn, x=place[0], y=place[1])
    if rng.random() > strength + 0.2:
        return body
    tail = draw_tail(rng, 8, between(rng, CREAM, BLUE, 0.05), strength + 0.3)
    return replace(body, tails=(tail,), warp=5 * strength)


def _draw_star(rng: np.random.Generator) -> Galaxy:
    exposure: Exposure = draw_exposure(rng, typical_size=8)
    around: Surroundings = draw_artifact(rng)
    return Galaxy(Kind.STAR, Body(0, 0, 0.0), exposure, around)


_DRAW = {
    Kind.SMOOTH: _draw_smooth,
    Kind.DISC: _draw_disc,
    Kind.IRREGULAR: _draw_irregular,
    Kind.MERGER: _draw_merger,
    Kind.STAR: _draw_star,
}
