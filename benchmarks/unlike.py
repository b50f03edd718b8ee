"""How well scores find images that are no galaxies as a network knows them.

usage: python -m benchmarks.unlike FOLDER WEIGHTS FOLD [--images N]

FOLDER holds the competition's images and labels, and images_unlabelled.zip, if there is one;
WEIGHTS is what `make sky-model` trained on all galaxies but those of FOLD, as
models/sky/fold-1/tuned-....safetensors for 1. The fold's galaxies, which the network has not seen,
are like those that it learned from; what benchmarks.odd_images makes of N of them (60), and N
galaxies of the embedded sample, are to be found. Prints for each kind and score the AUROC: the
chance that an odd image has a higher score than a real galaxy has; 0.5 is no better than a coin.
Then, for the score that the package uses, what share of each kind it warns of, with the limit that
the galaxies learned from give, and with that of the package's model file, from all folds; and what
share the look at the pixels alone finds blank or the like.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from benchmarks.odd_images import MAKERS
from galaxyzoo import sky
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.devices import choose_compute
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.cropping import crop_resize
from galaxyzoo.images.decoding import decode
from galaxyzoo.images.suspicion import suspicion
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import made_ready
from galaxyzoo.predict.likeness import Cloud, learn_likeness
from galaxyzoo.predict.load_options import BATCH_SIZE
from galaxyzoo.predict.model_files import TrainedModel, read_exported, read_model
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, find_labels, process

Values = NDArray[np.floating[Any]]

SAMPLE = Path("data/sample/images_training_rev1.zip")
FALSE_ALARMS, NEIGHBOUR = 0.005, 5


@dataclass(frozen=True)
class Outlook:
    """What a network makes of N images."""

    last: Values
    """[N, D]: what its last layer sees"""
    layers: Values
    """[N, L]: what all layers have found"""
    spread: Values
    """[N]: the standard deviation of a fraction over the views, a mean over the answers"""


class Watching:
    """A network, and how it looks at images: as the model of the sky does."""

    def __init__(self, model: TrainedModel) -> None:
        options, alike = read_settings().predict, model.network.quarter_turns_alike(model.info.size)
        self.views = RegularViews(options.views, alike, options.magnified)
        self.compute = choose_compute("cpu", "auto")
        self.model = made_ready(model.folded(), self.compute)

    @torch.inference_mode()
    def look(self, images: NDArray[np.uint8]) -> Outlook:
        """At images uint8 [N, S, S, 3]."""
        parts = [self._look(own) for own in torch.split(torch.from_numpy(images), BATCH_SIZE)]
        return Outlook(*(np.concatenate(own) for own in zip(*parts, strict=True)))

    def _look(self, images: Tensor) -> tuple[Values, Values, Values]:
        views = self.views.of(to_input(images))
        seen = [self.model.look(view.to(self.compute.dtype)) for view in views]
        features, fractions, layers = (torch.stack(own) for own in zip(*seen, strict=True))
        spread = fractions.std(dim=0).mean(dim=1)
        return features.mean(dim=0).numpy(), layers.mean(dim=0).numpy(), spread.numpy()


Score = Callable[[Outlook], Values]


def all_scores(learned: Outlook, held_out: Outlook) -> dict[str, Score]:
    """What is compared; each is higher for an image that is less like the `learned` ones."""
    last, layers = Cloud.of(learned.last), Cloud.of(learned.layers)
    near_last, near_layers = Neighbours.of(learned.last), Neighbours.of(learned.layers)
    single: dict[str, Score] = {
        "Mahalanobis, layers": lambda own: layers.distances(own.layers),
        "Mahalanobis, last": lambda own: last.distances(own.last),
        "neighbours, last": lambda own: near_last.distances(own.last),
        "neighbours, layers": lambda own: near_layers.distances(own.layers),
        "spread over views": lambda own: own.spread,
    }
    first, *others = single
    return single | {
        f"{first} + {other}": summed(single[first], single[other], held_out) for other in others
    }


@dataclass(frozen=True)
class Neighbours:
    """Distances to the nearest of some points, each axis in its standard deviations."""

    points: Values
    mean: Values
    deviation: Values

    @classmethod
    def of(cls, features: Values) -> "Neighbours":
        mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
        return cls((features - mean) / deviation, mean, deviation)

    def distances(self, features: Values) -> Values:
        own = (features - self.mean) / self.deviation
        lengths = np.square(own).sum(axis=1)[:, None] + np.square(self.points).sum(axis=1)
        squared = np.sort(lengths - 2 * own @ self.points.T, axis=1)[:, NEIGHBOUR - 1]
        nearest: Values = np.sqrt(np.maximum(squared, 0))
        return nearest


def summed(one: Score, other: Score, usual: Outlook) -> Score:
    """Two scores, each from its median on, in units of what a tenth of usual images exceed."""
    ranges = [(own, *np.quantile(own(usual), (0.5, 0.9))) for own in (one, other)]
    return lambda seen: np.sum([(s(seen) - low) / (high - low) for s, low, high in ranges], axis=0)


def auroc(odd: Values, usual: Values) -> float:
    """The chance that an odd image has the higher score."""
    higher = (odd[:, None] > usual[None]).mean() + 0.5 * (odd[:, None] == usual[None]).mean()
    return float(higher)


def odd_images(folder: Path, ids: list[str], seed: int) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Images of each kind, as the network is to see them: uint8 [N, S, S, 3]."""
    source = open_images(folder / "images_training_rev1.zip")
    originals = [decode(source.read(own)) for own in ids]
    for number, (kind, make) in enumerate(MAKERS.items()):
        draws = np.random.default_rng([seed, number])
        yield kind, cropped(make(own, draws) for own in originals)
    yield "rendered galaxies", cropped(some_of(SAMPLE, len(ids)))
    unlabelled = folder / "images_unlabelled.zip"
    if unlabelled.is_file():
        yield "real, unlabelled", cropped(some_of(unlabelled, 3 * len(ids)))


def some_of(path: Path, count: int) -> Iterator[Image.Image]:
    """Images of a zip, evenly out of all."""
    source = open_images(path)
    names = list(source.names)
    for own in names[:: max(len(names) // count, 1)][:count]:
        yield decode(source.read(own))


def cropped(images: Iterable[Image.Image]) -> NDArray[np.uint8]:
    options = read_settings().crop_resize
    return np.stack([np.asarray(crop_resize(own, options.crop, options.size)) for own in images])


def look_at_all(
    watching: Watching, galaxies: Galaxies, folder: Path, fold: int, count: int
) -> tuple[Outlook, Outlook, dict[str, tuple[Outlook, float]]]:
    """At galaxies learned from, at others, and at each kind of odd images, with what share of these
    the pixels alone give away.
    """
    learned = galaxies.some(galaxies.folds != fold)
    held_out = galaxies.some(galaxies.folds == fold)
    usual = [watching.look(own[list(range(len(own)))][0].numpy()) for own in (learned, held_out)]
    ids = held_out.at_most(count).galaxy_ids.tolist()
    kinds = {
        kind: (watching.look(images), float(np.mean([bool(suspicion(own)) for own in images])))
        for kind, images in tqdm(odd_images(folder, ids, fold), total=13, disable=None)
    }
    return usual[0], usual[1], kinds


def tell(learned: Outlook, held_out: Outlook, kinds: Mapping[str, tuple[Outlook, float]]) -> None:
    scores = all_scores(learned, held_out)
    for name, score in scores.items():
        print(f"\nAUROC of {name}")
        for kind, (seen, _) in kinds.items():
            print(f"  {kind:26}{auroc(score(seen), score(held_out)):.3f}")
    learning = learn_likeness(learned.layers, FALSE_ALARMS)
    shipped = read_exported(sky.path()).likeness
    limits = [learning.threshold, *([] if shipped is None else [shipped.threshold])]
    print(f"\nWarned of beyond {limits}; and by its pixels alone")
    for kind, (seen, blank) in {"real, held out": (held_out, 0.0), **kinds}.items():
        distances = learning.cloud.distances(seen.layers)
        warned = "  ".join(f"{(distances > limit).mean():.3f}" for limit in limits)
        print(f"  {kind:26}{warned}  {blank:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("fold", type=int)
    parser.add_argument("--images", type=int, default=60)
    given = parser.parse_args()
    watching = Watching(read_model(given.weights))
    with TemporaryDirectory() as work:
        labels = find_labels(given.folder)
        galaxies = Galaxies(ProcessedPaths(Path(work)), labels, read_settings())
        process(given.folder / "images_training_rev1.zip", galaxies.settings, galaxies.processed)
        tell(*look_at_all(watching, galaxies, given.folder, given.fold, given.images))


if __name__ == "__main__":
    main()
