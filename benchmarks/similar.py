"""Whether galaxies that are near each other in a network's features look alike to volunteers.

usage: python -m benchmarks.similar FOLDER MODELS [--features FILE]
       python -m benchmarks.similar --time

FOLDER holds the competition's images and labels; MODELS is what `make sky-model` trained, with the
weights of each fold, as models/sky. The galaxies of each fold are seen by the network that has not
learned from them, and each of them is compared with its nearest among the others of its fold. How
well two galaxies agree is how far apart their votes are (RMS over the 37 fractions; printed as a
part of that of two at random), and whether the votes describe both in the same words. FILE keeps
the features, so that they are computed once.

With --time, how long the search takes among how many images once the network has seen them: to take
the features out of an index's lines, and to find the nearest, in seconds of one core.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.devices import choose_compute
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import see
from galaxyzoo.predict.load_options import BATCH_SIZE
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.predict.predictor import Outlook, Predictor, load_model
from galaxyzoo.predict.words import describe_table
from galaxyzoo.similar.features import FeatureLines, collect
from galaxyzoo.similar.search import distances, nearest_first
from galaxyzoo.tree import GZ2
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, find_labels, process
from tools.sky_model.training import name as name_of

Values = NDArray[np.floating[Any]]
Way = Callable[["Seen"], Values]

NEAREST = (1, 5, 10)
TIMED = (61_578, 304_122, 1_000_000)
BATCH = 256
"""Images of a line of an index"""
THUMBNAIL = 4
"""Pixels a side that become one, where pictures are compared coarsely"""


@dataclass(frozen=True)
class Seen:
    """N galaxies that a network has not learned from."""

    images: NDArray[np.uint8]
    """[N, S, S, 3]: as it sees them"""
    features: Values
    """[N, D]"""
    fractions: Values
    """[N, C]: what it says"""
    votes: Values
    """[N, C]"""


def euclidean(points: Values) -> Values:
    """The distance of each of N points [N, D] to each: [N, N]."""
    own = points.astype(np.float64)
    squares = np.square(own).sum(axis=1)
    lengths = squares[:, None] + squares - 2 * own @ own.T
    distances: Values = np.sqrt(np.maximum(lengths, 0))
    return distances


def unit(points: Values) -> Values:
    lengths: Values = points / np.linalg.norm(points, axis=1, keepdims=True)
    return lengths


def standardised(points: Values) -> Values:
    scaled: Values = (points - points.mean(axis=0)) / (points.std(axis=0) + 1e-6)
    return scaled


def whitened(points: Values) -> Values:
    """As wide in all directions, of which the thinnest aren't blown up without end."""
    centered = points - points.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(centered, rowvar=False))
    white: Values = centered @ axes / np.sqrt(values + 1e-3 * values.mean())
    return white


def coarse(images: NDArray[np.uint8]) -> Values:
    """Pictures of fewer pixels, in [0, 1]: [N, S/4, S/4, 3]."""
    count, side = len(images), images.shape[1] // THUMBNAIL
    blocks = images.reshape(count, side, THUMBNAIL, side, THUMBNAIL, 3)
    means: Values = blocks.mean(axis=(2, 4)) / 255
    return means


def turned(images: Values) -> Values:
    """The least distance over the quarter turns of one of the two, and its mirror images."""
    flat = images.reshape(len(images), -1)
    squares = np.square(flat).sum(axis=1)
    least = np.full((len(flat), len(flat)), np.inf)
    for mirrored in (images, images[:, :, ::-1]):
        for turns in range(4):
            other = np.rot90(mirrored, turns, axes=(1, 2)).reshape(len(flat), -1)
            least = np.minimum(least, squares[:, None] + squares - 2 * flat @ other.T)
    distances: Values = np.sqrt(np.maximum(least, 0))
    return distances


WAYS: dict[str, Way] = {
    "pixels": lambda own: euclidean(own.images.reshape(len(own.images), -1) / 255),
    "pixels, turned to fit": lambda own: turned(own.images / 255),
    "coarse pixels, turned to fit": lambda own: turned(coarse(own.images)),
    "features, direction (used)": lambda own: euclidean(unit(own.features)),
    "features": lambda own: euclidean(own.features),
    "features, standardised": lambda own: euclidean(standardised(own.features)),
    "features, whitened": lambda own: euclidean(whitened(own.features)),
    "predicted fractions": lambda own: euclidean(own.fractions),
}


@dataclass(frozen=True)
class Agreement:
    """How well the galaxies of some pairs agree."""

    apart: float
    """RMS of the difference of their votes"""
    same: float
    """The share of pairs that the votes describe in the same words"""


def agreement(seen: Seen, pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Agreement:
    first, second = pairs
    words = described(seen.votes)
    apart = np.sqrt(np.square(seen.votes[first] - seen.votes[second]).mean())
    return Agreement(float(apart), float((words[first] == words[second]).mean()))


def described(votes: Values) -> NDArray[Any]:
    return np.array(describe_table(GZ2, pd.DataFrame(votes, columns=list(GZ2.columns))))


def nearest(distances: Values, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of each galaxy with each of its `count` nearest, itself left out."""
    others = distances + np.diag(np.full(len(distances), np.inf))
    found = np.argsort(others, axis=1, kind="stable")[:, :count]
    return np.repeat(np.arange(len(found)), count), found.ravel()


def everybody(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of different galaxies."""
    first, second = np.triu_indices(count, 1)
    return first, second


def look(galaxies: Galaxies, fold: int, models: Path) -> Seen:
    """At the galaxies of a fold, with the network that has not learned from them."""
    (weights,) = (models / name_of(fold)).glob("*.safetensors")
    model, own = read_model(weights), galaxies.some(galaxies.folds == fold)
    alike = model.network.quarter_turns_alike(model.info.size)
    options = galaxies.settings.predict
    views = RegularViews(options.views, alike, options.magnified)
    seen = see(model.folded(), own, BATCH_SIZE, choose_compute("cpu", "auto"), views)
    images, votes = own[list(range(len(own)))]
    return Seen(images.numpy(), seen.features, seen.fractions, votes.numpy())


def look_at_all(folder: Path, models: Path) -> list[Seen]:
    settings = read_settings()
    with TemporaryDirectory() as work:
        galaxies = Galaxies(ProcessedPaths(Path(work)), find_labels(folder), settings)
        process(folder / "images_training_rev1.zip", settings, galaxies.processed)
        folds = range(1, settings.cross_validation.folds + 1)
        return [look(galaxies, fold, models) for fold in folds]


def kept(file: Path | None, make: Callable[[], list[Seen]]) -> list[Seen]:
    """What `make` gives; kept in a file, or read from there."""
    if file is None or not file.is_file():
        made = make()
        if file is not None:
            arrays = {
                f"{n}.{key}": own for n, one in enumerate(made) for key, own in vars(one).items()
            }
            np.savez(file, **arrays)
        return made
    with np.load(file) as found:
        number = len(found.files) // 4
        return [
            Seen(*(found[f"{n}.{key}"] for key in ("images", "features", "fractions", "votes")))
            for n in range(number)
        ]


def mean(all_of: Iterator[Agreement]) -> Agreement:
    found = list(all_of)
    return Agreement(
        float(np.sqrt(np.mean([own.apart**2 for own in found]))),
        float(np.mean([own.same for own in found])),
    )


def tell(folds: list[Seen]) -> None:
    galaxies = sum(len(own.votes) for own in folds)
    chance = mean(agreement(own, everybody(len(own.votes))) for own in folds)
    print(f"{galaxies} galaxies, each compared with those of its fold ({len(folds)} folds)")
    print(f"two at random: votes {chance.apart:.4f} apart, same words {chance.same:.1%}")
    for name, way in WAYS.items():
        matrices = [way(own) for own in folds]
        cells = []
        for count in NEAREST:
            pairs = zip(folds, matrices, strict=True)
            found = mean(agreement(own, nearest(matrix, count)) for own, matrix in pairs)
            cells.append(f"{found.apart / chance.apart:.3f} {found.same:6.1%}")
        print(f"  {name:32}" + "   ".join(cells))


def tell_times() -> None:
    """Of the nearest among more and more images, whose features are drawn at random."""
    predictor = load_model()
    width = predictor.features([]).shape[1]
    draws, query = np.random.default_rng(1), np.ones(width, np.float32)
    for count in TIMED:
        batches = [_batch(predictor, width, draws, start) for start in range(0, count, BATCH)]
        start = time.process_time()
        collection = collect(batches, len(batches) * BATCH, width)
        read = time.process_time()
        nearest_first(distances(collection.features, query))
        reading, searching = read - start, time.process_time() - read
        print(f"{count:>9,} images: {reading:.2f} s to read, {searching:.2f} s to search")


def _batch(
    predictor: Predictor, width: int, draws: np.random.Generator, start: int
) -> ClassifiedBatch:
    features = draws.exponential(size=(BATCH, width)).astype(np.float32)
    names = [str(own) for own in range(start, start + BATCH)]
    rows = FeatureLines().lines(predictor, names, Outlook(features, features, []))
    return ClassifiedBatch(BATCH, rows, [], [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("models", type=Path, nargs="?")
    parser.add_argument("--features", type=Path)
    parser.add_argument("--time", action="store_true")
    given = parser.parse_args()
    if given.time:
        tell_times()
        return
    tell(kept(given.features, lambda: look_at_all(given.folder, given.models)))


if __name__ == "__main__":
    main()
