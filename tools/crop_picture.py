"""Draw docs/crop.png, which explains --crop: python -m tools.crop_picture"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo import sky
from galaxyzoo.base.endings import told
from galaxyzoo.figures.style import (
    FAINT,
    HEADER,
    MARGIN,
    PIXELS_PER_UNIT,
    WARNING,
    WIDTH,
    add_image,
    add_text,
    new_figure,
    place,
    save_figure,
    styled,
)
from galaxyzoo.framing import SIDE, radii_across
from galaxyzoo.images.cropping import crop_part
from galaxyzoo.predict.model_files import read_exported
from galaxyzoo.sample.archive import generators
from galaxyzoo.sample.bodies import draw_body
from galaxyzoo.sample.camera import take_picture
from galaxyzoo.sample.canvas import Canvas
from galaxyzoo.sample.galaxy import Spot
from galaxyzoo.sample.population import draw_galaxy

PICTURE = Path("docs/crop.png")
_SKY = read_exported(sky.path()).info
KEPT = _SKY.crop_fraction
"""The part of an image's width that the model of the sky keeps, in training and without --crop"""

_SEED, _GALAXY = 2007, 313  # of the embedded sample: a spiral that fills its frame well
_WIDEST = 2  # times as wide as a frame of the training images
_STARS = 40
_GOOD = "#1b7f4d"
_FRAME, _SMALL = SIDE // PIXELS_PER_UNIT, 96
_COLUMN = (WIDTH - 2 * MARGIN - _FRAME) / 2
_TOP = HEADER + 44  # of the frames
_BELOW = _TOP + _FRAME + 38  # of what is seen of them


@dataclass(frozen=True)
class Frame:
    """The galaxy in a frame, whose width is in those of the training images."""

    width: float
    name: str
    image: Image.Image

    @property
    def crop(self) -> float:
        """The --crop that keeps what is kept in training."""
        return KEPT / self.width

    def seen(self, crop: float) -> NDArray[np.uint8]:
        """What the network sees of it: uint8 [S, S, 3]."""
        return np.asarray(crop_part(self.image, crop, _SKY.size))


@cache
def frames() -> list[Frame]:
    """The same galaxy, cut out twice too wide, right, and half as wide as it should be."""
    sky = _render_sky()
    named = {2: "Twice too wide", 1: "As in training", 0.5: "Half as wide"}
    return [Frame(width, name, _cut(sky, width / _WIDEST)) for width, name in named.items()]


def _render_sky() -> Image.Image:
    """A picture of 424 detector pixels, twice as wide as the image of the sample's galaxy."""
    population, texture, _ = generators(_SEED, _GALAXY)
    galaxy = draw_galaxy(population)
    canvas = Canvas(SIDE, _WIDEST)
    draw_body(canvas, galaxy.body, texture)
    for star in _draw_stars(texture):
        canvas.spot(star)
    red, green, blue = galaxy.exposure.noise
    quiet = (red / 3, green / 3, blue / 3)  # noise is most of a PNG's bytes
    exposure = replace(galaxy.exposure, detector_pixels=SIDE, noise=quiet)
    return Image.fromarray(take_picture(canvas, exposure, texture))


def _draw_stars(rng: np.random.Generator) -> list[Spot]:
    """Stars anywhere but before the galaxy."""
    places = rng.uniform(-SIDE, SIDE, (4 * _STARS, 2))
    away = places[np.hypot(*places.T) > SIDE / 4][:_STARS]
    fluxes = 60 * rng.pareto(1.2, _STARS)
    tints = rng.uniform(0.7, 1.3, _STARS)
    return [
        Spot(float(x), float(y), 0, float(min(flux, 4000)), (tint, 1, 2 - tint))
        for (x, y), flux, tint in zip(away, fluxes, tints.tolist(), strict=True)
    ]


def _cut(sky: Image.Image, part: float) -> Image.Image:
    return Image.fromarray(np.asarray(crop_part(sky, part, SIDE)))


@styled
def draw() -> Figure:
    """The figure: each frame, the square that is kept of it, and what the network sees."""
    note = (
        f"In training, images were {radii_across(1):.2f} petroR90_r wide, and their central "
        f"{KEPT:.0%} were kept: {radii_across(KEPT):.2f} petroR90_r. So --crop is "
        f"{radii_across(KEPT):.2f} / width."
    )
    figure = new_figure(_BELOW + _SMALL + 34, "What --crop is for", note, rendered=True)
    for number, frame in enumerate(frames()):
        _draw_column(figure, MARGIN + number * _COLUMN, frame)
    return figure


def _draw_column(figure: Figure, left: float, frame: Frame) -> None:
    width = f"an image {radii_across(frame.width):.2f} petroR90_r wide"
    add_text(figure, left, HEADER + 6, frame.name, fontweight="bold")
    add_text(figure, left, HEADER + 22, width, color=FAINT)
    add_image(figure, left, _TOP, _FRAME, np.asarray(frame.image))
    add_text(figure, left, _BELOW - 22, "What the network sees of it:")
    if frame.crop == KEPT:
        _draw_square(figure, left, KEPT, _GOOD, "solid")
        _draw_seen(figure, left, frame.seen(KEPT), "without --crop", _GOOD)
        return
    _draw_square(figure, left, KEPT, WARNING, "dashed")
    _draw_square(figure, left, frame.crop, _GOOD, "solid")
    _draw_seen(figure, left, frame.seen(KEPT), "without --crop", WARNING)
    right = left + _FRAME - _SMALL
    _draw_seen(figure, right, frame.seen(frame.crop), f"--crop {frame.crop:.2g}", _GOOD)


def _draw_square(figure: Figure, left: float, part: float, color: str, line: str) -> None:
    """The outline of the central `part` of a frame."""
    side = part * _FRAME
    inset = (_FRAME - side) / 2
    x, top = place(figure, left + inset, _TOP + inset)
    right, y = place(figure, left + inset + side, _TOP + inset + side)
    outline = Rectangle((x, y), right - x, top - y, fill=False, edgecolor=color, linestyle=line)
    outline.set_linewidth(1.6)
    figure.add_artist(outline)


def _draw_seen(figure: Figure, left: float, seen: NDArray[np.uint8], said: str, color: str) -> None:
    add_image(figure, left, _BELOW, _SMALL, seen)
    add_text(figure, left, _BELOW + _SMALL + 6, said, color=color)


def main() -> None:
    with told():
        save_figure(draw(), PICTURE)


if __name__ == "__main__":
    main()
