"""From light to the picture: blur, noise, and the stretch and colours of SDSS's images."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.sample.canvas import Canvas
from galaxyzoo.sample.galaxy import IMAGE_SIDE, BrightStar, Exposure
from galaxyzoo.sample.profiles import Map

_STRETCH = 36.0  # grey levels per e-fold of brightness, from SDSS images of exponential discs
_WINGS = 0.08  # share of the light in the point-spread function's wings
_WING_WIDTH = 3.0  # their width, over the core's
_MARGIN = 8  # detector pixels
_PHOTONS = 0.0015  # variance per unit of brightness, from the light's own photons


def take_picture(canvas: Canvas, exposure: Exposure, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The image [424, 424, 3] of what is on `canvas`."""
    light = blur(canvas.light, exposure.seeing)
    light = _add_noise(light, exposure, rng)
    small = Image.fromarray(stretch(light))
    return np.asarray(small.resize((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.BICUBIC))


def blur(light: Map, sigma: float) -> Map:
    """`light` [3, n, n] through a point-spread function: a Gaussian core with wider, weak wings.

    The two Gaussians are the model of SDSS's photometric pipeline (Lupton et al. 2001,
    arXiv:astro-ph/0101420).
    """
    # the transform wraps around, so that what one edge loses would come back at the other
    padded = np.pad(light, ((0, 0), (_MARGIN, _MARGIN), (_MARGIN, _MARGIN)), mode="edge")
    side = padded.shape[-1]
    across, down = np.fft.rfftfreq(side) ** 2, np.fft.fftfreq(side)[:, None] ** 2
    exponent = -2 * np.pi**2 * sigma**2 * (across + down)
    transfer = (1 - _WINGS) * np.exp(exponent) + _WINGS * np.exp(_WING_WIDTH**2 * exponent)
    spectrum = np.fft.rfft2(padded) * transfer
    blurred: Map = np.fft.irfft2(spectrum, s=(side, side))
    inside = slice(_MARGIN, side - _MARGIN)
    return blurred[:, inside, inside]


def stretch(light: Map) -> NDArray[np.uint8]:
    """Light [3, n, n] as pixels [n, n, 3]: asinh of the intensity, with the colour kept.

    Lupton et al. 2004, PASP 116, 133 (arXiv:astro-ph/0312483). Where a channel would exceed
    white, all three are scaled down, so that bright middles keep their colour.
    """
    intensity = light.mean(axis=0)
    intensity = np.where(np.abs(intensity) < 1e-4, 1e-4, intensity)
    levels = light * (_STRETCH * np.arcsinh(intensity) / intensity)
    brightest = np.maximum(levels.max(axis=0), 255)
    levels = np.clip(levels * (255 / brightest), 0, 255)
    return np.ascontiguousarray(np.rint(levels).astype(np.uint8).transpose(1, 2, 0))


def _add_noise(light: Map, exposure: Exposure, rng: np.random.Generator) -> Map:
    """The sky's noise and the photons' own, alike to some degree in neighbouring pixels."""
    pedestal: Map = np.array(exposure.pedestal)[:, None, None]
    if max(exposure.noise) == 0:
        return light + pedestal
    white = rng.standard_normal(light.shape, dtype=np.float32)
    grain = (white + 0.35 * np.roll(white, 1, axis=1) + 0.35 * np.roll(white, 1, axis=2)) / 1.12
    sky = np.array(exposure.noise)[:, None, None]
    deviation = np.sqrt(sky**2 + _PHOTONS * np.maximum(light, 0))
    noisy: Map = light + deviation * grain + pedestal
    return noisy


def flood(canvas: Canvas, star: BrightStar) -> None:
    """Add a bright star's halo, diffraction spikes and bleeding column."""
    x, y = canvas.axes
    x, y = x - star.x, y - star.y
    r = np.hypot(x, y)
    core = star.flux * np.exp(-0.5 * (r / 5.5) ** 2) / 190
    halo = star.halo * (1 + (r / 11) ** 2) ** -1.15
    red, green, blue = (0.8 + 0.2 * c for c in star.colour)  # full pixels lose their colour
    canvas.add(core, (red, green, blue))
    canvas.add(halo, star.colour)
    tilt = np.tan(star.tilt)
    for along, across in ((x + tilt * y, y - tilt * x), (y - tilt * x, x + tilt * y)):
        fade = np.exp(-np.abs(along) / 42) * star.spikes
        canvas.add(fade * np.exp(-0.5 * (across / 1.9) ** 2), star.colour)
    if star.bleeding > 0:
        column = np.exp(-0.5 * (x / 1.6) ** 2) * np.exp(-((y / 95) ** 6))
        canvas.add(star.bleeding * column, (1.1, 0.9, 1.0))
