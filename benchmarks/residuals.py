"""What tells best what a network misses: kernel ridge regression on several numbers of an image.

usage: python -m benchmarks.residuals FOLDER WORK

FOLDER holds the competition's images and labels, and WORK what `make sky-model` left there: weights
as fold-1/tuned-....safetensors, and processed/. What each network sees of all galaxies is kept in
WORK/seen/: two minutes of a core for each, done once (remove it for other weights). What it misses
is learned from the galaxies of four folds, by the ridge of the settings and by others, and added to
what it says of the fifth. Prints the RMSE of each fold, and their mean.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.predict.inference import Perception
from galaxyzoo.predict.likeness import evened, middle_and_widths
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import learn_residuals
from galaxyzoo.processed import open_array
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import GZ2
from tools.sky_model.looking import find_weights, look_at_all
from tools.sky_model.settings import read_settings
from tools.sky_model.training import EVERYTHING, Galaxies, find_labels

Values = NDArray[np.floating[Any]]
Added = Callable[[Values, Values, Values], Values]
"""From numbers of the galaxies learned from, what is missed of these, and numbers of others: what
is missed of the others"""

RIDGES = (0.3, 1, 3, 10)
_RINGS = 11
_LINE = 1000
"""The ridge of the regression without a kernel: the best of 100, 1,000 and 10,000 on fold 1"""


def main() -> None:
    folder, work = map(Path, sys.argv[1:])
    settings = read_settings()
    galaxies = Galaxies(ProcessedPaths(work / "processed"), find_labels(folder), settings)
    seen = see_all(galaxies, work)
    rings = rings_of(np.asarray(open_array(galaxies.processed.images))[galaxies.rows])
    ridge = settings.predict.residual_ridge
    ways: dict[str, tuple[Callable[[Perception], Values], Added]] = {
        "all layers": (lambda own: own.layers, kernel(ridge)),
        "last layer": (lambda own: own.features, kernel(ridge)),
        "both": (lambda own: np.hstack([own.layers, own.features]), kernel(ridge)),
        "the fractions themselves": (lambda own: own.fractions, kernel(ridge)),
        "pixels by rings": (lambda _: rings, kernel(ridge)),
        "these, and all layers": (lambda own: np.hstack([rings, own.layers]), kernel(ridge)),
        "all layers, a line": (lambda own: own.layers, line),
        **{f"all layers, ridge {own:g}": (lambda seen: seen.layers, kernel(own)) for own in RIDGES},
    }
    tell("nothing: the network alone", galaxies, seen, lambda own: own.layers, nothing)
    for name, (numbers, added) in ways.items():
        tell(name, galaxies, seen, numbers, added)


def see_all(galaxies: Galaxies, work: Path) -> dict[int, Perception]:
    """What the network that has not learned from each fold sees of all galaxies."""
    weights = find_weights(work, galaxies.settings.cross_validation.folds)
    (work / "seen").mkdir(exist_ok=True)
    return {
        fold: kept(work / f"seen/{fold}.npz", galaxies, own)
        for fold, own in weights.items()
        if fold != EVERYTHING
    }


def kept(path: Path, galaxies: Galaxies, weights: Path) -> Perception:
    if not path.is_file():
        np.savez(path, **vars(look_at_all(galaxies, weights)))
    return Perception(**np.load(path))


def rings_of(images: NDArray[np.uint8]) -> Values:
    """Mean and deviation of each colour, in rings around the centre: [N, 66] from 0 to 1."""
    side = images.shape[1]
    away = np.hypot(*(np.mgrid[:side, :side] - (side - 1) / 2)) / (side / 2)
    ring = np.minimum((away * (_RINGS - 1)).astype(int), _RINGS - 1)
    pixels = [images[:, ring == own] / np.float32(255) for own in range(_RINGS)]
    return np.hstack([part(own, axis=1) for own in pixels for part in (np.mean, np.std)])


def nothing(_: Values, missed: Values, others: Values) -> Values:
    return np.zeros((len(others), missed.shape[1]))


def kernel(ridge: float) -> Added:
    return lambda known, missed, others: learn_residuals(known, missed, ridge).of(others)


def line(known: Values, missed: Values, others: Values) -> Values:
    """Ridge regression, without a kernel."""
    mean, widths = middle_and_widths(evened(known))
    a, b = ((evened(own) - mean) / widths for own in (known, others))
    squares = a.T @ a + _LINE * np.eye(a.shape[1])
    middle = missed.mean(axis=0)
    found: Values = middle + b @ np.linalg.solve(squares, a.T @ (missed - middle))
    return found


def tell(
    name: str,
    galaxies: Galaxies,
    seen: Mapping[int, Perception],
    numbers: Callable[[Perception], Values],
    added: Added,
) -> None:
    voted = galaxies.some(galaxies.folds > 0).votes.numpy()
    scores = []
    for fold, own in seen.items():
        held_out, told = galaxies.folds == fold, numbers(own).astype(np.float32)
        missed = (voted - own.fractions)[~held_out]
        more = added(told[~held_out], missed, told[held_out])
        said = project(GZ2, (own.fractions[held_out] + more).clip(0, 1))
        scores.append(rmse(said, voted[held_out]))
    cells = " ".join(f"{own:.5f}" for own in [*scores, float(np.mean(scores))])
    print(f"{name:28}{cells}", flush=True)


if __name__ == "__main__":
    main()
