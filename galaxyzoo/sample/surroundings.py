"""What is around a galaxy on its image, and how the image was taken."""

import numpy as np

from galaxyzoo.sample.galaxy import (
    IMAGE_SIDE,
    Body,
    BrightStar,
    Colour,
    Disc,
    Exposure,
    Sersic,
    Spot,
    Surroundings,
    Trail,
)

_HALF = IMAGE_SIDE / 2
_DETECTOR_PIXEL = 0.396  # arcseconds, of SDSS's camera

RED: Colour = (1.29, 1.02, 0.69)
YELLOW: Colour = (1.21, 1.03, 0.76)
CREAM: Colour = (1.11, 0.99, 0.90)
BLUE: Colour = (0.88, 0.92, 1.2)
YOUNG: Colour = (0.76, 0.92, 1.32)


def between(rng: np.random.Generator, first: Colour, second: Colour, spread: float) -> Colour:
    """A colour on the way from `first` to `second`, with some scatter; its mean is 1."""
    share = rng.random()
    mixed = np.array(first) * (1 - share) + np.array(second) * share
    mixed = np.clip(mixed + spread * rng.standard_normal(3), 0.3, 2.0)
    red, green, blue = (float(c) for c in mixed / mixed.mean())
    return (red, green, blue)


def draw_exposure(rng: np.random.Generator, typical_size: float) -> Exposure:
    """An image of a galaxy whose Petrosian R90 is about `typical_size` arcseconds.

    Kaggle's images are 424 pixels of 0.02 R90 each.
    """
    r90 = float(np.clip(typical_size * rng.lognormal(0, 0.42), 3.4, 18))
    detector_pixels = 8 * round(IMAGE_SIDE * 0.02 * r90 / _DETECTOR_PIXEL / 8)
    level = 0.17 * rng.lognormal(0, 0.35)
    pedestal = np.array([0.085, 0.09, 0.045]) * rng.lognormal(0, 0.3)
    if rng.random() < 0.02:  # a sky that was subtracted badly
        pedestal = pedestal + rng.uniform(0.0, 0.35) * np.array(between(rng, RED, BLUE, 0.4))
    red, green, blue = (float(p) for p in pedestal)
    return Exposure(
        detector_pixels=detector_pixels,
        seeing=float(rng.normal(1.35, 0.12)),
        noise=(level * 1.15, level * 0.85, level * 0.8),
        pedestal=(red, green, blue),
    )


def draw_surroundings(
    rng: np.random.Generator, exposure: Exposure, crowded: bool, keep_clear: float
) -> Surroundings:
    """Faint galaxies and stars, none of them within `keep_clear` of the middle.

    A larger galaxy's image covers more of the sky, and so more of what is on it. `crowded`: in a
    cluster, among yellow galaxies.
    """
    sky = (exposure.detector_pixels / 160) ** 1.2
    galaxies = min(rng.poisson(7 * sky + (9 if crowded else 0)), 40)
    stars = min(rng.poisson(4.5 * sky), 40)
    blur = exposure.blur
    return Surroundings(
        neighbours=tuple(_neighbour(rng, blur, crowded, keep_clear) for _ in range(galaxies)),
        stars=tuple(_star(rng, blur, keep_clear) for _ in range(stars)),
        bright_stars=_bright_stars(rng, blur),
    )


def _place(rng: np.random.Generator, keep_clear: float) -> tuple[float, float]:
    while True:
        x, y = rng.uniform(-_HALF - 5, _HALF + 5, 2)
        if np.hypot(x, y) > keep_clear:
            return float(x), float(y)


def _neighbour(rng: np.random.Generator, blur: float, crowded: bool, keep_clear: float) -> Body:
    x, y = _place(rng, keep_clear)
    brightness = min(0.3 * (1 + rng.pareto(1.2)), 14.0)
    scale = float(blur * rng.uniform(0.3, 0.8) * (1 + brightness) ** 0.2)
    colour = between(rng, RED, YELLOW if crowded else BLUE, 0.07)
    angle = rng.uniform(0, np.pi)
    if crowded or rng.random() < 0.4:
        axis_ratio = rng.uniform(0.45, 1)
        spheroid = Sersic(scale * 1.3, 1.6, 0.5 * brightness, axis_ratio, colour)
        return Body(x, y, angle, spheroid)
    inclination = np.arccos(rng.uniform(0.1, 1))
    disc = Disc(scale, brightness, float(inclination), 0.15, colour, colour)
    return Body(x, y, angle, disc=disc)


def _star(rng: np.random.Generator, blur: float, keep_clear: float) -> Spot:
    x, y = _place(rng, keep_clear)
    peak = min(0.4 * (1 + rng.pareto(0.75)), 120)
    return Spot(x, y, 0.0, peak * 2 * np.pi * blur**2, star_colour(rng))


def star_colour(rng: np.random.Generator) -> Colour:
    """Red dwarfs mostly, some yellow, some blue and white."""
    kind = rng.random()
    if kind < 0.45:
        return between(rng, (2.1, 0.7, 0.2), (1.5, 1.0, 0.5), 0.05)
    if kind < 0.7:
        return between(rng, (1.45, 1.0, 0.55), (1.05, 1.0, 0.95), 0.05)
    return between(rng, (0.65, 0.95, 1.4), (0.95, 1.0, 1.05), 0.05)


def _bright_stars(rng: np.random.Generator, blur: float) -> tuple[BrightStar, ...]:
    """Now and then one at the border of the image."""
    if rng.random() > 0.025:
        return ()
    angle = rng.uniform(0, 2 * np.pi)
    x, y = 190 * np.cos(angle), 190 * np.sin(angle)
    flux = rng.uniform(2e3, 2e4) * blur
    halo = rng.uniform(0.5, 3)
    return (
        BrightStar(
            float(x), float(y), flux, star_colour(rng), halo, 2 * halo, rng.uniform(-0.7, 0.7), 0.0
        ),
    )


def draw_artifact(rng: np.random.Generator) -> Surroundings:
    """What volunteers call a star or an artifact: a bright star in the middle, or a trail."""
    if rng.random() < 0.2:
        return Surroundings(trails=_wide_trail(rng), stars=_stars_alone(rng))
    x, y = rng.normal(0, 14, 2)
    colour = star_colour(rng)
    size = rng.lognormal(0, 0.5)
    bleeding = rng.uniform(2, 20) if rng.random() < 0.4 else 0.0
    star = BrightStar(
        x=float(x),
        y=float(y),
        flux=1.5e5 * size,
        colour=colour,
        halo=10 * size,
        spikes=rng.uniform(3, 25),
        tilt=rng.uniform(-0.7, 0.7),
        bleeding=bleeding,
    )
    return Surroundings(bright_stars=(star,), stars=_stars_alone(rng))


def _stars_alone(rng: np.random.Generator) -> tuple[Spot, ...]:
    return tuple(_star(rng, 6.0, 60) for _ in range(rng.poisson(5)))


def _wide_trail(rng: np.random.Generator) -> tuple[Trail, ...]:
    """A satellite: the three filters saw it one after the other, each in its own place."""
    angle, distance = rng.uniform(0, np.pi), rng.normal(0, 15)
    width, brightness = rng.uniform(3, 9), rng.uniform(0.8, 5)
    pure: tuple[Colour, ...] = ((2.1, 0.5, 0.4), (0.5, 1.9, 0.6), (0.5, 0.6, 1.9))
    shown = rng.permutation(3)[: rng.integers(1, 4)]
    gap = rng.uniform(1, 4) * width
    return tuple(
        Trail(angle, distance + i * gap, width, brightness, pure[which])
        for i, which in enumerate(shown)
    )


def draw_scar(rng: np.random.Generator) -> Trail:
    """A streak across the galaxy: a coloured satellite trail, or a dead column of the detector."""
    angle = rng.uniform(0, np.pi)
    if rng.random() < 0.4:
        return Trail(angle, rng.normal(0, 8), 1.6, -1.0, CREAM)
    colour: Colour = ((0.5, 0.6, 1.9), (2.0, 0.6, 0.4), (0.6, 1.8, 0.6))[rng.integers(3)]
    return Trail(angle, rng.normal(0, 12), rng.uniform(3, 6), rng.uniform(0.3, 1.5), colour)
