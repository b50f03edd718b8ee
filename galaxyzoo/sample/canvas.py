"""Light in three channels on the telescope's detector, before air and electronics blur it."""

import numpy as np

from galaxyzoo.sample.galaxy import IMAGE_SIDE, Colour, Spot, Trail
from galaxyzoo.sample.profiles import Map


class Canvas:
    """The light [3, side, side] of an image or of a square cut out of it."""

    def __init__(self, side: int, scale: float, x: float = 0.0, y: float = 0.0) -> None:
        """A dark canvas of `side` detector pixels, `scale` image pixels each, around (x, y)."""
        self.side, self.scale, self.center = side, scale, (x, y)
        self.light: Map = np.zeros((3, side, side))

    @property
    def axes(self) -> tuple[Map, Map]:
        """Coordinates x [1, side] and y [side, 1] of the pixels' middles, in image pixels."""
        steps = (np.arange(self.side, dtype=np.float64) - (self.side - 1) / 2) * self.scale
        x, y = self.center
        return (steps + x)[None, :], (steps + y)[:, None]

    def add(self, brightness: Map, colour: Colour) -> None:
        """Add a map of light in one colour."""
        for channel, share in enumerate(colour):
            self.light[channel] += brightness * share

    def spot(self, spot: Spot) -> None:
        """Add a Gaussian spot; one smaller than a pixel keeps its flux."""
        sigma = max(spot.sigma, 0.6 * self.scale)
        reach = int(np.ceil(3.5 * sigma / self.scale))
        column, row = self._nearest(spot.x, spot.y)
        rows = slice(max(row - reach, 0), max(row + reach + 1, 0))
        columns = slice(max(column - reach, 0), max(column + reach + 1, 0))
        x, y = self.axes
        across = np.exp(-0.5 * ((x[:, columns] - spot.x) / sigma) ** 2)
        down = np.exp(-0.5 * ((y[rows] - spot.y) / sigma) ** 2)
        peak = spot.flux / (2 * np.pi * sigma**2)
        colour = np.array(spot.colour)[:, None, None]
        self.light[:, rows, columns] += peak * down * across * colour

    def streak(self, trail: Trail) -> None:
        """Add a straight trail, a Gaussian across; a dead column takes light away."""
        x, y = self.axes
        away = x * np.cos(trail.angle) + y * np.sin(trail.angle)
        profile = np.exp(-0.5 * ((away - trail.distance) / max(trail.width, self.scale / 2)) ** 2)
        if trail.brightness < 0:
            self.light *= 1 - np.minimum(1, profile)
        else:
            self.add(trail.brightness * profile, trail.colour)

    def paste(self, other: "Canvas") -> None:
        """Add the light of a smaller canvas, as far as it overlaps; it must be `cut` from here."""
        left, top = self._corner(other)
        rows, columns = _overlap(top, other.side, self.side), _overlap(left, other.side, self.side)
        inside = other.light[
            :, rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        self.light[:, rows, columns] += inside

    def cut(self, x: float, y: float, reach: float) -> "Canvas":
        """A dark canvas with the same pixels, that reaches `reach` image pixels around (x, y)."""
        column, row = self._nearest(x, y)
        half = int(np.ceil(reach / self.scale))
        middle = (self.side - 1) / 2
        at = ((column - middle) * self.scale, (row - middle) * self.scale)
        return Canvas(2 * half + 1, self.scale, at[0] + self.center[0], at[1] + self.center[1])

    def _nearest(self, x: float, y: float) -> tuple[int, int]:
        middle = (self.side - 1) / 2
        return (
            round((x - self.center[0]) / self.scale + middle),
            round((y - self.center[1]) / self.scale + middle),
        )

    def _corner(self, other: "Canvas") -> tuple[int, int]:
        column, row = self._nearest(*other.center)
        return column - other.side // 2, row - other.side // 2


def _overlap(start: int, length: int, side: int) -> slice:
    return slice(min(max(start, 0), side), min(max(start + length, 0), side))


def new_canvas(detector_pixels: int) -> Canvas:
    return Canvas(detector_pixels, IMAGE_SIDE / detector_pixels)


def darken(light: Map, depth: Map) -> None:
    """Take away light behind dust of optical `depth` in green: most of the blue, least of the red.

    Schlegel, Finkbeiner & Davis 1998 (arXiv:astro-ph/9710327), table 6: the extinction in SDSS's
    i, r and g, which the images show as red, green and blue, is as 2.09 to 2.75 to 3.79.
    """
    for channel, share in enumerate((0.76, 1.0, 1.38)):
        light[channel] *= np.exp(-share * depth)
