"""How fast networks train, beside the bare network in the same run.

usage: python -m benchmarks.training [cnn|resnet ...]

The bare network: forward, backward and step, again and again on one float batch that is already
in memory. Ours: an epoch over a memory-mapped uint8 array, batches fetched in random order. Both
take turns, several times each; the ratio is that of the medians.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn
from torch.optim import Adam
from tqdm import tqdm

from galaxyzoo.data import GalaxyDataset, shuffled
from galaxyzoo.devices import choose_device
from galaxyzoo.files import write_array
from galaxyzoo.models import ARCHITECTURES, build
from galaxyzoo.processed import open_array
from galaxyzoo.training import train_epoch

BATCH, SIZE, ROUNDS = 64, 64, 7
STEPS = {"cnn": 60, "resnet": 12}


def make_dataset(folder: Path, count: int) -> GalaxyDataset:
    draws = np.random.default_rng(0)
    path = folder / "images.npy"
    write_array(path, draws.integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8))
    votes = torch.from_numpy(draws.random((count, 37), dtype=np.float32))
    return GalaxyDataset(open_array(path), torch.arange(count), votes, np.arange(count))


def seconds(action: Callable[[], object], device: torch.device) -> float:
    start = time.perf_counter()
    action()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(name: str, folder: Path, device: torch.device) -> tuple[float, float]:
    """Images per second: of the bare network, and of our loop."""
    steps = STEPS[name]
    model = build(name, SIZE, seed=0).to(device)
    optimizer = Adam(model.parameters())
    batches = shuffled(make_dataset(folder, steps * BATCH).to(device), BATCH, seed=0)
    images = torch.rand(BATCH, SIZE, SIZE, 3, device=device).permute(0, 3, 1, 2)
    votes = torch.rand(BATCH, 37, device=device)

    def bare() -> None:
        model.train()
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(images), votes).backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    def ours() -> None:
        with tqdm(disable=True) as bar:
            train_epoch(model, batches, optimizer, device, bar)

    bare()  # the first of each warms up
    ours()
    rounds = [(seconds(bare, device), seconds(ours, device)) for _ in range(ROUNDS)]
    return tuple(steps * BATCH / median(column) for column in zip(*rounds, strict=True))


def main() -> None:
    device = choose_device("auto")
    print(f"batches of {BATCH}, {device}, {torch.get_num_threads()} threads")
    for name in sys.argv[1:] or ARCHITECTURES:
        with TemporaryDirectory() as folder:
            bare, ours = measure(name, Path(folder), device)
        print(f"{name:8} bare {bare:6.0f} images/s, ours {ours:6.0f}: {100 * ours / bare:5.1f} %")


if __name__ == "__main__":
    main()
