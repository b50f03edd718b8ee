"""How much data is enough: the RMSE of the tuned network by the number of galaxies it learned from.

usage: python -m benchmarks.learning_curve FOLDER

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
Trains as tools/sky_model/settings.yaml says, on 200, 400, 800, ... and on all galaxies outside of
one fold of the cross-validation, and scores on that fold; so three times, with another fold and
another draw each. Where the model of the sky was made before, the trainings on all are there.
Goes on where it was stopped: docs/learning_curve.csv has a row for each training that is done, and
the mark of the settings that it followed. Draws docs/learning_curve.png, and prints what the fitted
power laws foretell.
"""

import hashlib
import logging
import sys
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.power_law import PowerLaw, band, fit_power_law, redrawn
from galaxyzoo.base.endings import told
from galaxyzoo.base.files import write_csv
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.figures.style import (
    FAINT,
    INK,
    SMALL,
    lay_out_below_header,
    new_figure,
    save_figure,
    styled,
)
from galaxyzoo.networks import tuned
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.scoring.rmse import rmse
from tools.sky_model.__main__ import WORK
from tools.sky_model.looking import predict_some
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, find_labels, process, train_on

SEEDS = (1, 2, 3)
SMALLEST = 200
FOLLOWED = ("crop_resize", "cross_validation", "train_tuned", "predict")
FORETOLD = (61_578, 240_000)
TABLE = Path("docs/learning_curve.csv")
FIGURE = Path("docs/learning_curve.png")
PUBLISHED = {
    "the course's CNN": (49_262, 0.11684),
    "the course's ResNet-18": (49_262, 0.10863),
    "Kaggle's second, one network and view": (55_000, 0.08138),
    "Kaggle's winner, 17 networks, 60 views": (55_000, 0.07491),
}
"""Galaxies learned from, and RMSE: of others, with other networks"""


@dataclass(frozen=True)
class Step:
    """One training of the curve."""

    seed: int
    """Of the draw, and the fold that is held out"""
    galaxies: int


def run(galaxies: Galaxies, step: Step) -> dict[str, float]:
    """Do one training, and score it: a row of the table."""
    held_out = galaxies.folds == step.seed
    tested, learned = galaxies.some(held_out), galaxies.some(chosen(held_out, step))
    whole = len(learned) == np.count_nonzero(~held_out)
    folder = WORK / (f"fold-{step.seed}" if whole else f"curve/{step.galaxies}-{step.seed}")
    weights = train_on(galaxies, learned, None, folder)
    score = rmse(predict_some(learned, tested, weights, galaxies.settings), tested.votes.numpy())
    return {"galaxies": len(learned), "seed": step.seed, "rmse": round(score, 6)}


def chosen(held_out: NDArray[np.bool_], step: Step) -> NDArray[np.bool_]:
    """Which galaxies a training learns from; of one seed, larger draws hold the smaller ones."""
    order = np.random.default_rng(step.seed).permutation(np.flatnonzero(~held_out))
    picked = np.zeros_like(held_out)
    picked[order[: step.galaxies]] = True
    return picked


def steps(galaxies: Galaxies) -> list[Step]:
    """All trainings, the small ones first."""
    found = []
    for seed in SEEDS:
        available = int(np.count_nonzero(galaxies.folds != seed))
        sizes = [SMALLEST * 2**power for power in range(20)]
        own = [*(size for size in sizes if size < available), available]
        found += [Step(seed, size) for size in own]
    return sorted(found, key=lambda step: (step.galaxies, step.seed))


def measure(raw: Path) -> None:
    """Do what trainings are missing in the table, and write it anew after each."""
    settings = read_settings()
    galaxies = Galaxies(ProcessedPaths(WORK / "processed"), find_labels(raw), settings)
    if not galaxies.processed.preparation.is_file():
        process(raw / "images_training_rev1.zip", settings, galaxies.processed)
    followed = settings.model_dump_json(include=set(FOLLOWED))
    mark = hashlib.sha256(followed.encode()).hexdigest()[:8]
    rows = known_rows(mark)
    done = {(row["seed"], row["galaxies"]) for row in rows}
    todo = [step for step in steps(galaxies) if (step.seed, step.galaxies) not in done]
    one_thread = (torch.set_num_threads, (1,))
    for row in in_processes(partial(run, galaxies), todo, usable_cores(), *one_thread):
        rows.append(row | {"settings": mark})
        table = pd.DataFrame(rows).sort_values(["galaxies", "seed"])
        write_csv(TABLE, table)


def known_rows(mark: str) -> list[dict[Hashable, Any]]:
    """What an earlier run wrote, with the same settings."""
    if not TABLE.is_file():
        return []
    table = pd.read_csv(TABLE, dtype={"settings": str})
    return table[table["settings"] == mark].to_dict("records")


def laws_of(table: pd.DataFrame) -> dict[str, tuple[PowerLaw, list[PowerLaw]]]:
    """The fitted power laws, and what they might have been."""
    galaxies, errors = table["galaxies"].to_numpy(float), table["rmse"].to_numpy(float)
    return {
        name: (fit_power_law(galaxies, errors, floor), redrawn(galaxies, errors, floor))
        for name, floor in (("power law", False), ("power law above a floor", True))
    }


def tell(table: pd.DataFrame) -> None:
    """Print the means, and what the laws foretell, as tables of Markdown."""
    print("| galaxies | RMSE |\n|---|---|")
    rounded = table.assign(galaxies=table["galaxies"].replace(_near(table)))
    for size, own in rounded.groupby("galaxies")["rmse"]:
        print(f"| {size:,} | {own.mean():.4f} ± {own.std():.4f} ({len(own)}) |")
    for name, (law, others) in laws_of(table).items():
        print(f"{name}: {law.floor:.4f} + {law.scale:.3f} * galaxies ** -{law.exponent:.3f}")
        for size in FORETOLD:
            at = np.array([float(size)])
            low, high = band(others, at)
            print(f"  {size:,}: {law(at)[0]:.4f} ({low[0]:.4f} to {high[0]:.4f})")


def _near(table: pd.DataFrame) -> dict[int, int]:
    """The largest draws differ by a few galaxies, with the folds: they are told as one."""
    largest = table.groupby("seed")["galaxies"].max()
    return dict.fromkeys(largest.tolist(), int(largest.median()))


@styled
def draw(table: pd.DataFrame) -> Figure:
    """What was measured, and how it might go on."""
    figure = new_figure(
        430,
        "How much data is enough?",
        f"RMSE of the tuned network by the galaxies it learned from, {len(SEEDS)} draws of each "
        "number. To the right of the last dot nothing was measured.",
        rendered=False,
    )
    axes = figure.add_subplot()
    _draw_laws(axes, table)
    axes.plot(
        table["galaxies"], table["rmse"], "o", color=tuned.NETWORK.color, label="measured", zorder=3
    )
    for name, (galaxies, score) in PUBLISHED.items():
        axes.plot(galaxies, score, "D", color=FAINT, markersize=4)
        beside = axes.annotate(name, (galaxies, score), (7, 0), textcoords="offset points")
        beside.set(verticalalignment="center", fontsize=SMALL)
    axes.set(
        xscale="log", xlim=(150, 900_000), xlabel="Galaxies learned from", ylabel="RMSE on others"
    )
    axes.set_xticks([200, 800, 3_200, 12_800, *FORETOLD], minor=False)
    axes.set_xticklabels(["200", "800", "3,200", "12,800", "61,578", "240,000"])
    axes.minorticks_off()
    axes.grid(axis="y")
    axes.legend(labelcolor=INK)
    lay_out_below_header(figure)
    return figure


def _draw_laws(axes: Axes, table: pd.DataFrame) -> None:
    galaxies = np.geomspace(table["galaxies"].min(), max(FORETOLD), 100)
    for (name, (law, others)), color in zip(
        laws_of(table).items(), ("#0072B2", "#D55E00"), strict=True
    ):
        low, high = band(others, galaxies)
        axes.fill_between(galaxies, low, high, color=color, alpha=0.15, linewidth=0)
        axes.plot(galaxies, law(galaxies), color=color, label=f"{name}, with 90% band")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stdout)
    measure(Path(sys.argv[1]))
    table = pd.read_csv(TABLE)
    tell(table)
    save_figure(draw(table), FIGURE)


if __name__ == "__main__":
    with told():
        main()
