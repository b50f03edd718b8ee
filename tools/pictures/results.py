"""What networks reach on real galaxies, by how many they learned from; and Kaggle's places."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from galaxyzoo import sky
from galaxyzoo.networks.common.reading import read_metadata
from galaxyzoo.scoring.leaderboard import LEADERBOARD_TEAMS, PUBLISHED, leaderboard
from tools.pictures.svg import Drawing, Theme

WIDTH, HEIGHT = 850, 410
LEFT, RIGHT, TOP, BOTTOM = 60, 122, 46, 60  # margins around the axes
SMALL, LARGE = 15, 17
FEWEST, MOST = 170, 75_000
BEST, WORST = 0.07, 0.145
GALAXIES = (200, 400, 800, 1_600, 2_612, 10_000, 49_262)
SCORES = (0.08, 0.1, 0.12, 0.14)
PLACES = (1, 10, 60, 145)
COURSE = ("the course's CNN", "the course's ResNet-18")
COURSE_GALAXIES = 49_262


@dataclass(frozen=True)
class Shipped:
    """The model in the package, as its cross-validation found it."""

    galaxies: int
    """That it learned from in a fold"""
    rmse: float
    """On the galaxies that were held out, the mean of the folds"""

    @classmethod
    def read(cls) -> "Shipped":
        card = read_metadata(sky.path()).content["card"]
        folds = len(card["rmse_by_fold"])
        return cls(round(card["galaxies"] * (folds - 1) / folds), card["rmse"])


def at(galaxies: float, rmse: float) -> tuple[float, float]:
    """Where a result is drawn: galaxies by their logarithm."""
    part = math.log(galaxies / FEWEST) / math.log(MOST / FEWEST)
    height = (WORST - rmse) / (WORST - BEST)
    return LEFT + part * (WIDTH - LEFT - RIGHT), TOP + height * (HEIGHT - TOP - BOTTOM)


def draw(root: Path, theme: Theme) -> Drawing:
    """The picture, of docs/learning_curve.csv, the leaderboard, and the model in the package."""
    shipped = Shipped.read()
    about = (
        "RMSE on real galaxies that a network has not seen, by the number of galaxies it learned "
        f"from: {shipped.rmse:.4f} with {shipped.galaxies:,}, the course's ResNet-18 "
        f"{PUBLISHED[COURSE[1]]:.4f} with {COURSE_GALAXIES:,}."
    )
    drawing = Drawing(WIDTH, HEIGHT, about, theme)
    _draw_axes(drawing)
    _draw_places(drawing)
    _draw_course(drawing)
    _draw_curve(drawing, pd.read_csv(root / "docs/learning_curve.csv"))
    _draw_shipped(drawing, shipped)
    return drawing


def _draw_axes(drawing: Drawing) -> None:
    faint = drawing.theme.faint
    drawing.text(
        (12, 22),
        "RMSE on real galaxies that a network has not seen: lower is better",
        size=LARGE,
        bold=True,
    )
    for galaxies in GALAXIES:
        x, y = at(galaxies, BEST)
        drawing.line([(x, y), (x, y + 5)], faint)
        drawing.text((x, y + 23), f"{galaxies:,}", size=SMALL, color=faint, anchor="middle")
    for rmse in SCORES:
        x, y = at(FEWEST, rmse)
        drawing.text((x - 8, y + 5), f"{rmse:.2f}", size=SMALL, color=faint, anchor="end")
    drawing.line([at(FEWEST, BEST), at(MOST, BEST)], faint)
    x, _ = at(math.sqrt(FEWEST * MOST), BEST)
    drawing.text(
        (x, HEIGHT - 8), "galaxies that it learned from", size=SMALL, color=faint, anchor="middle"
    )


def _draw_places(drawing: Drawing) -> None:
    """The known places of the competition, across the picture."""
    known = leaderboard().set_index("rank")["rmse"]
    x, _ = at(MOST, BEST)
    for rank in PLACES:
        left, right = at(FEWEST, known[rank]), at(MOST, known[rank])
        drawing.line([left, right], drawing.theme.rule)
        drawing.text((x + 8, right[1] + 5), f"place {rank}", size=SMALL, color=drawing.theme.faint)
    for place, said in enumerate(("on Kaggle,", f"of {LEADERBOARD_TEAMS} teams:")):
        drawing.text((x + 8, TOP + 18 * place), said, size=SMALL, color=drawing.theme.faint)


def _draw_course(drawing: Drawing) -> None:
    for name in COURSE:
        x, y = at(COURSE_GALAXIES, PUBLISHED[name])
        _draw_dots(drawing, [(x, y)], drawing.theme.others, 6)
        said = f"{name}: {PUBLISHED[name]:.3f}"
        drawing.text((x - 12, y + 5), said, size=SMALL, color=drawing.theme.others, anchor="end")


def _draw_curve(drawing: Drawing, table: pd.DataFrame) -> None:
    """What was measured, each draw as a dot, and the line through the means."""
    ours = drawing.theme.ours
    own = table[["galaxies", "seed", "rmse"]].sort_values(["galaxies", "seed"])
    _draw_dots(drawing, _places(own), ours, 3)
    points = _places(own.assign(step=own.groupby("seed").cumcount()).groupby("step").mean())
    drawing.line(points, ours, 2.5)
    x, y = points[1]
    drawing.text((x + 20, y - 14), "this software's network,", size=SMALL, color=ours, bold=True)
    drawing.text((x + 20, y + 4), "three draws of each number", size=SMALL, color=ours)


def _places(table: pd.DataFrame) -> list[tuple[float, float]]:
    return [at(*row) for row in table[["galaxies", "rmse"]].to_numpy(float).tolist()]


def _draw_shipped(drawing: Drawing, shipped: Shipped) -> None:
    x, y = at(shipped.galaxies, shipped.rmse)
    _draw_dots(drawing, [(x, y)], drawing.theme.ours, 6)
    drawing.text(
        (x + 14, y + 5),
        f"the model in the package: {shipped.rmse:.4f}",
        size=SMALL,
        color=drawing.theme.ours,
        bold=True,
    )


def _draw_dots(
    drawing: Drawing, places: Iterable[tuple[float, float]], color: str, radius: float
) -> None:
    for x, y in places:
        drawing.add("circle", cx=x, cy=y, r=radius, fill=color)
