"""How well intervals around predictions hold the votes, and how wide they are, by method.

usage: python -m benchmarks.intervals FOLDER WORK

FOLDER holds the competition's images and labels, and WORK what `make sky-model` left: weights, as
fold-1/tuned-....safetensors, and out_of_fold.csv. What each network says of the fold that it has
not seen, view by view, is kept in WORK/intervals/: some minutes of computing, done once (remove it
for other weights). Then each method of interval_methods.py learns from four folds and is scored on
the fifth: with all galaxies of the four, and with 260 drawn of them, three times. Prints the mean
width as a ratio to that of the first method, the coverage of answers to questions that anybody was
asked, the same where at least half of the volunteers were, of small, middle and large predictions
and those above 0.97, of the smallest and the largest 5% of each answer's, the coverage of the worst
answer in these, and by how many standard errors the worst question is off (in the worst of the
draws).
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.interval_methods import METHODS, Given, Method
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.dataset.batches import in_order
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.calibrating import weigh
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.scoring.coverage import MOSTLY, Bounds, coverage_table
from galaxyzoo.tree import GZ2, ID_COLUMN
from tools.sky_model.looking import find_weights
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, find_labels, process

SURE, RARE = 0.97, 0.05
"""Beyond which predictions are few; and the share of each answer's on each side that are rare"""
WORST = "worst question"
FEW, DRAWS = 260, 3
"""Galaxies that a calibration part has in the pipeline, and how often they are drawn"""


def main() -> None:
    folder, work = map(Path, sys.argv[1:])
    settings = read_settings()
    galaxies = Galaxies(ProcessedPaths(work / "processed"), find_labels(folder), settings)
    if not galaxies.processed.images.is_file():
        process(folder / "images_training_rev1.zip", settings, galaxies.processed)
    views, pooled = see_all(galaxies, work, settings.predict.views)
    voted = galaxies.some(galaxies.folds > 0).votes.numpy().astype(np.float64)
    held_out = pd.read_csv(work / "out_of_fold.csv", dtype={ID_COLUMN: str}).set_index(ID_COLUMN)
    predicted = held_out[list(GZ2.columns)].reindex(galaxies.ids).to_numpy()
    given = Given(predicted, views.std(axis=0), pooled.astype(np.float64), voted)
    for number in (None, FEW):
        print(f"\nlearned from {number or 'all'} galaxies of four folds")
        print(pd.DataFrame(table(given, galaxies.folds, number)).to_string(index=False), flush=True)


def see_all(
    galaxies: Galaxies, work: Path, count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each fold's network says of it, [views, N, C], and what its last layer sees, [N, F]."""
    kept = work / "intervals"
    kept.mkdir(exist_ok=True)
    weights = find_weights(work, read_settings().cross_validation.folds)
    parts = {}
    for fold in np.unique(galaxies.folds):
        path = kept / f"fold{fold}.npz"
        if not path.is_file():
            views, pooled = see(weights[fold], galaxies.some(galaxies.folds == fold), count)
            np.savez(path, views=views, features=pooled)
        parts[fold] = np.load(path)
    first = next(iter(parts.values()))
    views = np.empty((count, len(galaxies.folds), len(GZ2.columns)), np.float32)
    pooled = np.empty((len(galaxies.folds), first["features"].shape[1]), np.float32)
    for fold, own in parts.items():
        views[:, galaxies.folds == fold] = own["views"]
        pooled[galaxies.folds == fold] = own["features"]
    return views, pooled


@torch.inference_mode()
def see(
    weights: Path, galaxies: GalaxyDataset, count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    model = read_model(weights)
    folded = model.folded().eval()
    alike = model.network.quarter_turns_alike(model.info.size)
    views = RegularViews(count, alike, read_settings().predict.magnified)
    found, pooled = [], []
    for images, _ in tqdm(in_order(galaxies, 64), disable=None):
        seen = [folded.look(view) for view in views.of(to_input(images))]
        found.append(torch.stack([own.fractions for own in seen]))
        pooled.append(torch.stack([own.features for own in seen]).mean(dim=0))
    return torch.cat(found, dim=1).numpy(), torch.cat(pooled).numpy()


def table(given: Given, folds: NDArray[np.int64], number: int | None) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    first = None
    for name, method in METHODS.items():
        draws = [
            held_out(method, given, folds, number, draw) for draw in range(DRAWS if number else 1)
        ]
        scores = [score(given, bounds) for bounds in draws]
        mean = {key: float(np.mean([own[key] for own in scores])) for key in scores[0]}
        mean[WORST] = max((own[WORST] for own in scores), key=abs)
        first = first or mean["width"]
        rows.append(
            {"method": name, "width": f"{mean.pop('width') / first:.3f}"}
            | {key: f"{own:.3f}" for key, own in mean.items()}
        )
    return rows


def held_out(
    method: Method, given: Given, folds: NDArray[np.int64], number: int | None, draw: int
) -> Bounds:
    """The bounds of each fold, learned from the others."""
    low, high = np.empty_like(given.predicted), np.empty_like(given.predicted)
    for fold in np.unique(folds):
        known = np.flatnonzero(folds != fold)
        if number:
            known = np.random.default_rng((draw, fold)).choice(known, number, replace=False)
        own = method(given.of(known), given.of(folds == fold))
        low[folds == fold], high[folds == fold] = own.low, own.high
    return Bounds(low, high)


def score(given: Given, bounds: Bounds) -> dict[str, float]:
    found = coverage_table(GZ2, given.predicted, bounds, given.voted)
    whole, mostly = (found[found["group"] == own] for own in ("all", "mostly_asked"))
    off = (mostly["coverage"] - 0.9) / mostly["deviation"]
    by_size = found[found["group"] == "predicted"]
    small = by_size["predicted"] < 0.1
    large = by_size["predicted"] >= 0.5

    def held(rows: pd.DataFrame) -> float:
        return float(np.average(rows["coverage"], weights=rows["answers"]))

    return {
        "width": float(whole["width"].iloc[0]),
        "coverage": float(whole["coverage"].iloc[0]),
        f"asked by {MOSTLY:.0%}": held(mostly),
        "small": held(by_size[small]),
        "middle": held(by_size[~small & ~large]),
        "large": held(by_size[large]),
        f"above {SURE}": _held_where(given.predicted > SURE, given, bounds),
        **_held_at_the_ends(given, bounds),
        WORST: float(off.iloc[int(off.abs().to_numpy().argmax())]),
    }


def _held_at_the_ends(given: Given, bounds: Bounds) -> dict[str, float]:
    """Of the smallest and the largest predictions of each answer that anybody was asked for."""
    asked = weigh(GZ2, given.voted) > 0
    ends = np.array(
        [
            np.quantile(own[some], [RARE, 1 - RARE])
            for own, some in zip(given.predicted.T, asked.T, strict=True)
        ]
    ).T
    smallest, largest = asked & (given.predicted < ends[0]), asked & (given.predicted > ends[1])
    answers = [np.arange(len(GZ2.columns)) == own for own in range(len(GZ2.columns))]
    return {
        f"smallest {RARE:.0%}": _held_where(smallest, given, bounds),
        f"largest {RARE:.0%}": _held_where(largest, given, bounds),
        "worst answer": min(_held_where(largest & own, given, bounds) for own in answers),
    }


def _held_where(where: NDArray[np.bool_], given: Given, bounds: Bounds) -> float:
    held = (bounds.low <= given.voted) & (given.voted <= bounds.high)
    return float(held[where].mean())


if __name__ == "__main__":
    main()
