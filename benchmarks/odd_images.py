"""Images that are no galaxy as the network knows it, made of real ones or of nothing.

Each maker takes a real image, 424 pixels wide, and gives one of which the model of the sky sees the
crop of its settings, in the centre. Those that draw nothing of the sky take the real one's darkness
as their sky.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.sky_model.settings import read_settings

Draws = np.random.Generator
Values = NDArray[np.float64]

SEEN = read_settings().crop_resize.crop
"""Pixels in the centre that are seen of an image 424 wide"""

_FAR = 15  # widths of a star


def blank(image: Image.Image, draws: Draws) -> Image.Image:
    """One colour, dark or bright."""
    color = np.clip(draws.uniform(0, 200) + draws.normal(0, 8, 3), 0, 255)
    return _picture(np.broadcast_to(color, (image.height, image.width, 3)))


def faint_noise(image: Image.Image, draws: Draws) -> Image.Image:
    """The sky's own noise around its own darkness, and nothing in it."""
    return _picture(_sky(image, draws))


def strong_noise(image: Image.Image, draws: Draws) -> Image.Image:
    """As of a camera without light: each pixel by itself, from black to bright."""
    shape = (image.height, image.width, 3)
    return _picture(draws.normal(draws.uniform(40, 128), draws.uniform(30, 80), shape))


def stars(image: Image.Image, draws: Draws) -> Image.Image:
    """A bright star in the middle, with spikes as a telescope makes them, and faint ones around."""
    sky = _sky(image, draws)
    middle = image.width / 2 + draws.normal(0, 2, 2)
    _add_star(sky, middle, draws.uniform(300, 3000), draws.uniform(3, 6), draws)
    _add_spikes(sky, middle, draws)
    for place in draws.uniform(0, image.width, (draws.integers(5, 40), 2)):
        _add_star(sky, place, draws.uniform(30, 400), draws.uniform(1.5, 3), draws)
    return _picture(sky)


def star_field(image: Image.Image, draws: Draws) -> Image.Image:
    """Many stars, and none in the middle."""
    sky = _sky(image, draws)
    for place in draws.uniform(0, image.width, (draws.integers(60, 200), 2)):
        _add_star(sky, place, draws.uniform(30, 800), draws.uniform(1.5, 3), draws)
    return _picture(sky)


def trail(image: Image.Image, draws: Draws) -> Image.Image:
    """A satellite's bright line through empty sky."""
    return _picture(_with_trail(_sky(image, draws), draws))


def trail_on_galaxy(image: Image.Image, draws: Draws) -> Image.Image:
    """A satellite's bright line across a galaxy."""
    return _picture(_with_trail(np.asarray(image, np.float64), draws))


def half_scale(image: Image.Image, draws: Draws) -> Image.Image:  # noqa: ARG001
    """All of the picture where its middle belongs."""
    return image.resize((image.width // 2, image.height // 2))


def twice_scale(image: Image.Image, draws: Draws) -> Image.Image:  # noqa: ARG001
    return image.resize((image.width * 2, image.height * 2))


def off_center(image: Image.Image, draws: Draws) -> Image.Image:
    """The galaxy a third to a half of the seen width away from the middle."""
    angle, far = draws.uniform(0, 2 * np.pi), draws.uniform(SEEN / 3, SEEN / 2)
    middle = image.width / 2
    left, top = (round(middle - SEEN / 2 + far * side(angle)) for side in (np.cos, np.sin))
    return image.crop((left, top, left + SEEN, top + SEEN))


def swapped_colors(image: Image.Image, draws: Draws) -> Image.Image:  # noqa: ARG001
    """Red and blue in each other's place, as programs mix them up."""
    return Image.fromarray(np.ascontiguousarray(np.asarray(image)[..., ::-1]))


MAKERS: dict[str, Callable[[Image.Image, Draws], Image.Image]] = {
    "blank": blank,
    "noise of the sky": faint_noise,
    "strong noise": strong_noise,
    "a bright star": stars,
    "a field of stars": star_field,
    "a satellite's trail": trail,
    "a trail across a galaxy": trail_on_galaxy,
    "half the scale": half_scale,
    "twice the scale": twice_scale,
    "off centre": off_center,
    "red and blue swapped": swapped_colors,
}
"""What is made of each real image, by what the table calls it"""


def _sky(image: Image.Image, draws: Draws) -> Values:
    """Noise as faint as that of the image's darker half."""
    pixels = np.asarray(image, np.float64)
    dark = pixels[pixels.sum(axis=2) <= np.median(pixels.sum(axis=2))]
    return draws.normal(dark.mean(axis=0), np.maximum(dark.std(axis=0), 2), pixels.shape)


def _distances(pixels: Values, place: Values) -> tuple[Values, Values]:
    """How far each pixel lies from a place, along each axis."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(np.float64)
    return x - place[0], y - place[1]


def _color(draws: Draws) -> Values:
    """Of a star, or of what reflects the sun: bluish to reddish."""
    return 1 + draws.uniform(-0.3, 0.3) * np.array([1.0, 0.0, -1.0])


def _add_star(pixels: Values, place: Values, peak: float, width: float, draws: Draws) -> None:
    """Light as the air spreads it (a Moffat profile), as far out as it can be seen."""
    far = round(_FAR * width)
    left, top = (max(int(side) - far, 0) for side in place)
    part = pixels[top : int(place[1]) + far, left : int(place[0]) + far]
    x, y = _distances(part, place - (left, top))
    light = peak * (1 + (x**2 + y**2) / (2 * width) ** 2) ** -2.5
    part += light[..., None] * _color(draws)


def _add_spikes(pixels: Values, place: Values, draws: Draws) -> None:
    x, y = _distances(pixels, place)
    angle = draws.uniform(0, np.pi / 2)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    strength, length = draws.uniform(80, 250), draws.uniform(20, 60)
    for one, other in ((along, across), (across, along)):
        spike = strength * np.exp(-np.abs(one) / length - np.square(other / 1.5))
        pixels += spike[..., None]


def _with_trail(pixels: Values, draws: Draws) -> Values:
    middle = pixels.shape[0] / 2 + draws.uniform(-SEEN / 3, SEEN / 3, 2)
    x, y = _distances(pixels, middle)
    angle = draws.uniform(0, np.pi)
    across = y * np.cos(angle) - x * np.sin(angle)
    light = draws.uniform(80, 300) * np.exp(-np.square(across / draws.uniform(1.5, 5)))
    crossed: Values = pixels + light[..., None] * _color(draws)
    return crossed


def _picture(pixels: Values) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).round().astype(np.uint8))
