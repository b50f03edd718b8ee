"""How every figure looks: sizes, type, colours, header; and how it becomes a file.

Lengths are in units of a hundredth of an inch: at the width of 850 that a README shows, a unit is
a pixel of the screen. Files have twice as many pixels, for screens that show finer ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base.files import atomic
from galaxyzoo.scoring.leaderboard import published_beside, why_apart
from galaxyzoo.tree import LabelColumn

WIDTH = 850
MARGIN = 16
HEADER = 58
PIXELS_PER_UNIT = 2
_UNITS_PER_INCH = 100

INK = "#222222"
FAINT = "#5f5f5f"
RULE = "#d0d0d0"
BAND = "#f3f3f3"
WARNING = "#8a3b00"
WARNING_BACKGROUND = "#ffe9d1"

SMALL = 7.5
NORMAL = 8.5
LARGE = 11.5

RENDERED = "Rendered galaxies: not the sky"
NOT_KNOWN = "not known"
"""What stands in the place of a number that isn't"""

# matplotlib's own defaults first, so that no matplotlibrc of a user's changes a figure
_STYLE: list[str | dict[str, Any]] = [
    "default",
    {
        "font.family": "DejaVu Sans",
        "font.size": NORMAL,
        "axes.titlesize": NORMAL,
        "axes.labelsize": NORMAL,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": NORMAL,
        "legend.frameon": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": FAINT,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "axes.axisbelow": True,
        "hatch.linewidth": 0.6,
    },
]

styled = style.context(_STYLE)
"""Decorates what draws, so that matplotlib's settings are ours meanwhile and then as before."""


@dataclass(frozen=True)
class Galaxies:
    """What figures say of the galaxies behind them: of the sky or not, how many, what of them."""

    rendered: bool
    train: int
    test: int
    labels: LabelColumn = "kaggle"
    """Which column of a catalogue their votes are"""
    masked: bool = False
    """Whether some answers of theirs aren't known"""
    calibration: int = 0
    """How many were kept for the intervals around predictions"""

    @property
    def everybody(self) -> int:
        return self.train + self.calibration + self.test

    @property
    def kind(self) -> str:
        return "rendered" if self.rendered else "real"

    @property
    def apart(self) -> str:
        """Why their scores can't be compared with published ones; empty: they can."""
        return why_apart(self.rendered, self.labels)

    @property
    def published(self) -> Mapping[str, float]:
        """The published scores that may be shown with theirs."""
        return published_beside(self.labels)


def new_figure(height: int, title: str, note: str, rendered: bool) -> Figure:
    """A figure of `height` units with its header: title, note, and a badge if `rendered`."""
    figure = Figure(
        figsize=(WIDTH / _UNITS_PER_INCH, height / _UNITS_PER_INCH),
        dpi=_UNITS_PER_INCH * PIXELS_PER_UNIT,
        facecolor="white",
    )
    add_text(figure, MARGIN, 14, title, fontsize=LARGE, fontweight="bold")
    add_text(figure, MARGIN, 36, note, color=FAINT)
    if rendered:
        add_badge(figure, WIDTH - MARGIN - 6, 16, RENDERED, horizontalalignment="right")
    return figure


def lay_out_below_header(figure: Figure) -> None:
    """Let matplotlib lay the axes out."""
    left, bottom = place(figure, 8, figure.get_figheight() * _UNITS_PER_INCH - 8)
    right, top = place(figure, WIDTH - 8, HEADER)
    figure.set_layout_engine("constrained", rect=(left, bottom, right - left, top - bottom))


def place(figure: Figure, left: float, top: float) -> tuple[float, float]:
    """A point, in units from the figure's upper left corner, as matplotlib counts."""
    return left / WIDTH, 1 - top / (figure.get_figheight() * _UNITS_PER_INCH)


def add_text(
    figure: Figure,
    left: float,
    top: float,
    text: str,
    **options: Any,  # noqa: ANN401  matplotlib's
) -> None:
    """Write on the figure, from `left` and `top` on."""
    figure.text(*place(figure, left, top), text, **({"verticalalignment": "top"} | options))


def add_badge(
    figure: Figure,
    left: float,
    top: float,
    text: str,
    **options: Any,  # noqa: ANN401  matplotlib's
) -> None:
    """Write what a reader must not miss."""
    box = {"boxstyle": "round,pad=0.45", "facecolor": WARNING_BACKGROUND, "edgecolor": WARNING}
    add_text(figure, left, top, text, color=WARNING, fontweight="bold", bbox=box, **options)


def add_rule(figure: Figure, left: float, top: float, width: float) -> None:
    """A thin horizontal line."""
    ends = place(figure, left, top), place(figure, left + width, top)
    figure.add_artist(Line2D(*zip(*ends, strict=True), color=RULE, linewidth=0.8))


def add_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes whose upper left corner is at `left` and `top`."""
    x, bottom = place(figure, left, top + height)
    _, upper = place(figure, left, top)
    return figure.add_axes((x, bottom, width / WIDTH, upper - bottom))


def add_image(figure: Figure, left: float, top: float, side: int, image: NDArray[np.uint8]) -> None:
    """A square image [H, H, 3] of `side` units, its upper left corner at `left` and `top`."""
    pixels = side * PIXELS_PER_UNIT
    whole = pixels % len(image) == 0
    # Steps of 4 of 256, which nobody sees, and pixels that stay whole: each makes a PNG smaller.
    shown = Image.fromarray(image & np.uint8(0b11111100)).resize(
        (pixels, pixels), Image.Resampling.NEAREST if whole else Image.Resampling.BICUBIC
    )
    figure.figimage(
        np.asarray(shown),
        xo=round(left * PIXELS_PER_UNIT),
        yo=round(figure.bbox.height - (top + side) * PIXELS_PER_UNIT),
    )


@styled
def save_figure(figure: Figure, path: Path) -> None:
    """Write a PNG of the pixels alone, or nothing if that fails."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    with atomic(path) as temporary:
        Image.fromarray(pixels[..., :3]).save(temporary, "PNG")
