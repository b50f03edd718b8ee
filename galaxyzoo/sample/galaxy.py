"""What a rendered galaxy is: the parameters that its image and its votes are both made from.

Lengths and positions are in pixels of the 424x424 image, positions from its centre, angles in
radians. A brightness is per pixel, in units of the softening of the stretch (see camera.py): the
sky's noise is about 0.1, the eye sees 0.3, and 100 is close to white. A colour is the light in
red, green and blue, with mean 1.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

IMAGE_SIDE = 424
"""Side in pixels of the rendered image, as of Kaggle's."""

EDGE_ON = float(np.radians(79))
"""The inclination from which a disc is drawn from the side: its thickness, not its pattern."""

Colour = tuple[float, float, float]


class Kind(StrEnum):
    """What the middle of the image shows."""

    SMOOTH = "smooth"
    DISC = "disc"
    IRREGULAR = "irregular"
    MERGER = "merger"
    STAR = "star"


@dataclass(frozen=True)
class Sersic:
    """A bulge or an elliptical galaxy: a Sersic profile, with its `brightness` at `radius`."""

    radius: float
    index: float
    brightness: float
    axis_ratio: float
    colour: Colour
    boxiness: float = 2.0
    """Exponent of the isophotes' superellipse: 2 is an ellipse, 4 nearly a box."""


@dataclass(frozen=True)
class Disc:
    """An exponential disc; `brightness` is its centre's, seen face-on."""

    scale: float
    brightness: float
    inclination: float
    thickness: float
    """Scale height over scale length."""
    colour: Colour
    outer_colour: Colour
    clumpiness: float = 0.0

    @property
    def axis_ratio(self) -> float:
        """Of its outline on the sky: that of an oblate spheroid (Hubble 1926)."""
        cosine = np.cos(self.inclination)
        return float(np.sqrt(cosine**2 + self.thickness**2 * (1 - cosine**2)))

    @property
    def is_edge_on(self) -> bool:
        return self.inclination >= EDGE_ON


@dataclass(frozen=True)
class Bar:
    """A bar in the plane of the disc; `angle` is from the line of nodes."""

    half_length: float
    axis_ratio: float
    angle: float
    brightness: float
    colour: Colour


@dataclass(frozen=True)
class Spiral:
    """Logarithmic arms between two radii of the disc."""

    arms: int
    pitch: float
    contrast: float
    """0 to 1: how much of the disc's light the arms gather."""
    raggedness: float
    """0 to 1: from whole arms to pieces that nobody can count."""
    start: float
    end: float
    phase: float
    handedness: int
    """1 or -1."""
    knots: int
    colour: Colour


@dataclass(frozen=True)
class Ring:
    """A ring in the plane of the disc."""

    radius: float
    width: float
    brightness: float
    colour: Colour


@dataclass(frozen=True)
class Arc:
    """Part of a circle: the lensed image of a galaxy far behind."""

    radius: float
    width: float
    angle: float
    span: float
    brightness: float
    colour: Colour


@dataclass(frozen=True)
class DustLane:
    """A band of dust along the major axis; `depth` is its optical depth in green."""

    depth: float
    width: float
    offset: float
    tilt: float
    half_length: float
    bend: float
    """By how many pixels its ends are off its tangent at the middle."""


@dataclass(frozen=True)
class Tail:
    """A tidal tail that leaves the galaxy towards `angle` and bends by `bend` on its way."""

    start: float
    length: float
    width: float
    angle: float
    bend: float
    brightness: float
    colour: Colour


@dataclass(frozen=True)
class Spot:
    """A Gaussian cloud of light, or with a `sigma` of 0 a star; `flux` is its brightness summed."""

    x: float
    y: float
    sigma: float
    flux: float
    colour: Colour


@dataclass(frozen=True)
class Trail:
    """A straight streak across the image at `distance` from its centre."""

    angle: float
    distance: float
    width: float
    brightness: float
    """Negative: a dead column of the detector."""
    colour: Colour


@dataclass(frozen=True)
class BrightStar:
    """A star that floods the detector: halo, diffraction spikes and perhaps a bleeding column."""

    x: float
    y: float
    flux: float
    colour: Colour
    halo: float
    spikes: float
    tilt: float
    """Of the spikes."""
    bleeding: float


@dataclass(frozen=True)
class Body:
    """One galaxy with all its parts."""

    x: float
    y: float
    angle: float
    spheroid: Sersic | None = None
    disc: Disc | None = None
    bar: Bar | None = None
    spiral: Spiral | None = None
    ring: Ring | None = None
    dust: DustLane | None = None
    tails: tuple[Tail, ...] = ()
    blobs: tuple[Spot, ...] = ()
    """Clouds of stars; their places are from the body's own centre."""
    warp: float = 0.0
    """By how many pixels its shape is pulled about, at most about twice that."""


@dataclass(frozen=True)
class Surroundings:
    """What else is on the image."""

    neighbours: tuple[Body, ...] = ()
    stars: tuple[Spot, ...] = ()
    bright_stars: tuple[BrightStar, ...] = ()
    trails: tuple[Trail, ...] = ()


@dataclass(frozen=True)
class Exposure:
    """How the image was taken.

    Kaggle's images show each galaxy at about the same size, so the telescope's pixels and the blur
    of the air come out larger on the image of a small galaxy.
    """

    detector_pixels: int
    """Detector pixels along one side of the image."""
    seeing: float
    """Standard deviation of the point-spread function's core, in detector pixels."""
    noise: Colour
    pedestal: Colour
    """What is left of the sky in each channel."""

    @property
    def blur(self) -> float:
        """Standard deviation of the point-spread function, in pixels of the image."""
        return self.seeing * IMAGE_SIDE / self.detector_pixels


@dataclass(frozen=True)
class Galaxy:
    """One image of the sample."""

    kind: Kind
    body: Body
    exposure: Exposure
    surroundings: Surroundings = Surroundings()
    partner: Body | None = None
    """The second galaxy of a merger."""
    arc: Arc | None = None
    disturbance: float = 0.0
    """0 to 1: how plainly the galaxy was torn at."""
    strangeness: float = 0.0
    """0 to 1: how plainly something odd is there that none of the other answers name."""
