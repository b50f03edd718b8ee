"""What each choice of the tuned network's training is worth: the table of docs/tuning.md.

usage: python -m benchmarks.ablation EPOCHS [VARIANT ...]

Trains each variant of params.yaml's train_tuned for EPOCHS, with three seeds, on four fifths of the
training split that data/ holds, and scores it on the other fifth; the test split is not looked at.
A process of one thread per core.
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch

from galaxyzoo.data import DataFiles, GalaxyDataset
from galaxyzoo.inference import predict
from galaxyzoo.models import build
from galaxyzoo.params import read_params
from galaxyzoo.projection import project
from galaxyzoo.scores import rmse
from galaxyzoo.training import fit

SEEDS = (1, 2, 3)
VALIDATION_SEED = 7
STILL: dict[str, Any] = {
    "rotation": 0.0,
    "flip": False,
    "zoom": 1.0,
    "shift": 0.0,
    "brightness": 0.0,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "as in params.yaml": {},
    "no random views": STILL,
    "no turns, no mirroring": {"rotation": 0.0, "flip": False},
    "no zoom, no shift": {"zoom": 1.0, "shift": 0.0},
    "no brightness": {"brightness": 0.0},
    "constant learning rate": {"schedule": "constant"},
    "no averaging of weights": {"averaging": 0.0},
    "no weight decay": {"weight_decay": 0.0},
    "ResNet-18 of the course instead": {"architecture": "resnet"},
}


@dataclass(frozen=True)
class Result:
    """RMSE on the validation part, and minutes of training on one core."""

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


def train(variant: str, seed: int, epochs: int) -> Result:
    torch.set_num_threads(1)
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    kept, validation = validation_parts(data.open("train"))
    changed = VARIANTS[variant] | {"seed": seed, "epochs": epochs}
    architecture = changed.pop("architecture", "tuned")
    model = build(architecture, kept.images.shape[1], seed)
    start = time.perf_counter()
    fit(model, kept, validation, params.train_tuned.model_copy(update=changed))
    minutes = (time.perf_counter() - start) / 60
    voted = validation.votes.numpy()
    one, eight = (predict(model, validation, 256, torch.device("cpu"), v) for v in (1, 8))
    return Result(rmse(one, voted), rmse(eight, voted), rmse(project(eight), voted), minutes)


def main() -> None:
    epochs, variants = int(sys.argv[1]), sys.argv[2:] or list(VARIANTS)
    print("| variant | one view | 8 views | 8 views, projected | minutes |\n|---|---|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        runs = {v: [pool.submit(train, v, seed, epochs) for seed in SEEDS] for v in variants}
        for variant, futures in runs.items():
            results = [future.result() for future in futures]
            scores = (
                [getattr(result, name) for result in results]
                for name in ("one_view", "eight_views", "projected")
            )
            cells = " | ".join(f"{mean(own):.4f} ± {stdev(own):.4f}" for own in scores)
            minutes = mean(result.minutes for result in results)
            print(f"| {variant} | {cells} | {minutes:.1f} |", flush=True)


if __name__ == "__main__":
    main()
