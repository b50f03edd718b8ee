"""What each choice of the tuned network and its training is worth: the table of docs/tuning.md.

usage: python -m benchmarks.ablation EPOCHS [VARIANT ...]

Trains each variant of params.yaml's train_tuned for EPOCHS, with three seeds, on four fifths of the
training split that data/ holds, and scores it on the other fifth; the test split is not looked at.
A process of one thread per core; minutes are those that a core was at work.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import mean, stdev
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.ordinary import OrdinaryResNet
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.base.sections import DataParams, read_section
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.params import CropResizeParams
from galaxyzoo.images.processing import process_images
from galaxyzoo.networks import resnet, tuned
from galaxyzoo.networks.common.network import Network
from galaxyzoo.predict import augmentation as test_augmentation
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import predict
from galaxyzoo.predict.projection import project
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.training import augmentation
from galaxyzoo.training.loop import fit
from galaxyzoo.training.params import TrainParams
from galaxyzoo.tree import GZ2

SEEDS = (1, 2, 3)
VALIDATION_SEED = 7
WIDER = 1.5  # times the crop and the size of params.yaml: the corners of a turned view are sky


class CentreOfWider(tuned.TunedResNet):
    """The tuned network, for images of a wider crop: looks at the part that params.yaml keeps."""

    def __init__(self, size: int, outputs: int) -> None:
        super().__init__(outputs)
        self.side = size

    def forward(self, images: Tensor) -> Tensor:
        first = (images.shape[-1] - self.side) // 2
        last = first + self.side
        return super().forward(images[..., first:last, first:last])


def _ordinary(size: int, outputs: int) -> nn.Module:  # noqa: ARG001  fits images of any size
    return OrdinaryResNet(outputs)


def _never(size: int) -> bool:  # noqa: ARG001  whatever the size
    return False


ORDINARY = replace(tuned.NETWORK, make=_ordinary, quarter_turns_alike=_never)
CENTRE_OF_WIDER = replace(tuned.NETWORK, make=CentreOfWider)


@dataclass(frozen=True)
class Variant:
    """What differs from params.yaml and from galaxyzoo."""

    options: dict[str, Any] = field(default_factory=dict)
    network: Network = tuned.NETWORK
    padding: str = "zeros"
    """What grid_sample takes for pixels beyond the border"""
    more_epochs: float = 1.0
    """For networks of another speed: as many times the epochs as take the same minutes"""
    wider: bool = False
    """Whether views are taken of a wider crop"""


STILL = {"rotation": 0.0, "flip": False, "zoom": 1.0, "shift": 0.0, "brightness": 0.0}
VARIANTS = {
    "as in params.yaml": Variant(),
    "no random views": Variant(STILL),
    "ordinary convolutions, 1.5 times the epochs": Variant(
        {"learning_rate": 0.002}, ORDINARY, more_epochs=1.5
    ),
    "corners: pixels of the border go on": Variant(padding="border"),
    "corners: reflection": Variant(padding="reflection"),
    "corners: a wider crop": Variant(network=CENTRE_OF_WIDER, wider=True),
    "constant learning rate": Variant({"schedule": "constant"}),
    "no averaging of weights": Variant({"ema_decay": 0.0, "precise_bn": False}),
    "no averaging of weights, but precise batch norm": Variant({"ema_decay": 0.0}),
    "no turns, no mirroring": Variant({"rotation": 0.0, "flip": False}),
    "no zoom, no shift": Variant({"zoom": 1.0, "shift": 0.0}),
    "no weight decay": Variant({"weight_decay": 0.0}),
    "no brightness": Variant({"brightness": 0.0}),
    "ResNet-18 of the course": Variant({"learning_rate": 0.002}, resnet.NETWORK),
}


@dataclass(frozen=True)
class Result:
    """RMSE on the validation part, and minutes that a core was at work for the training."""

    one_view: float
    eight_views: float
    projected: float
    minutes: float


def validation_parts(train_set: GalaxyDataset) -> tuple[GalaxyDataset, GalaxyDataset]:
    """Four fifths of a training split, and the other fifth."""
    places = np.random.default_rng(VALIDATION_SEED).permutation(len(train_set))
    held_out = len(places) // 5
    kept, validation = np.sort(places[held_out:]), np.sort(places[:held_out])
    return _part(train_set, kept), _part(train_set, validation)


def _part(whole: GalaxyDataset, places: np.ndarray) -> GalaxyDataset:
    return GalaxyDataset(
        whole.images, whole.rows[places], whole.votes[places], whole.galaxy_ids[places]
    )


def process_wider(folder: Path) -> None:
    """Process the images anew, with a crop that is wider at the same pixels per pixel."""
    options = read_section("crop_resize", CropResizeParams)
    process_images(
        open_images(Path(read_section("data", DataParams).images)),
        round(WIDER * options.crop),
        round(WIDER * options.size),
        save_jpegs=False,
        outputs=ProcessedPaths(folder),
    )


def resample_wider(images: Tensor, maps: Tensor) -> Tensor:
    """Views as large as those of params.yaml, taken from the middle of images of a wider crop."""
    count, channels, side, _ = images.shape
    shape = [count, channels, round(side / WIDER), round(side / WIDER)]
    grid = functional.affine_grid(maps, shape, align_corners=False) / WIDER
    return functional.grid_sample(images, grid, align_corners=False)


def all_wider(images: Tensor, one_map: Tensor) -> Tensor:
    return resample_wider(images, one_map.expand(len(images), 2, 3))


def train(name: str, seed: int, epochs: int, wider: Path) -> Result:
    torch.set_num_threads(1)
    variant = VARIANTS[name]
    data = DataFiles(GZ2)
    if variant.wider:
        data = replace(data, processed=ProcessedPaths(wider))
    kept, validation = validation_parts(data.open("train"))
    options = read_section("train_tuned", TrainParams).model_copy(
        update=variant.options | {"seed": seed, "epochs": round(variant.more_epochs * epochs)}
    )
    size = read_section("crop_resize", CropResizeParams).size
    model = variant.network.build(size, len(GZ2.columns), seed)
    alike = variant.network.quarter_turns_alike(size)
    with ExitStack() as patched:
        sample = partial(functional.grid_sample, padding_mode=variant.padding)
        patched.enter_context(patch.object(functional, "grid_sample", sample))
        if variant.wider:
            patched.enter_context(patch.object(augmentation, "resample", resample_wider))
            patched.enter_context(patch.object(test_augmentation, "resample_all", all_wider))
        start = time.process_time()
        fit(model, kept, validation, options)
        minutes = (time.process_time() - start) / 60
        one, eight = (
            predict(model, validation, 256, torch.device("cpu"), RegularViews(count, alike))
            for count in (1, 8)
        )
    voted = validation.votes.numpy()
    return Result(rmse(one, voted), rmse(eight, voted), rmse(project(GZ2, eight), voted), minutes)


def main() -> None:
    epochs, names = int(sys.argv[1]), sys.argv[2:] or list(VARIANTS)
    with TemporaryDirectory() as folder, ProcessPoolExecutor(usable_cores()) as pool:
        if any(VARIANTS[name].wider for name in names):
            process_wider(Path(folder))
        print("| variant | one view | 8 views | 8 views, projected | minutes |")
        print("|---|---|---|---|---|")
        runs = {n: [pool.submit(train, n, s, epochs, Path(folder)) for s in SEEDS] for n in names}
        for name, futures in runs.items():
            print(row(name, [future.result() for future in futures]), flush=True)


def row(name: str, results: list[Result]) -> str:
    scores = (
        [getattr(result, column) for result in results]
        for column in ("one_view", "eight_views", "projected")
    )
    cells = " | ".join(f"{mean(own):.4f} ± {stdev(own):.4f}" for own in scores)
    return f"| {name} | {cells} | {mean(result.minutes for result in results):.1f} |"


if __name__ == "__main__":
    main()
