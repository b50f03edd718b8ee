"""How fast networks train, beside the bare network in the same run.

usage: python -m benchmarks.training [cnn|resnet|tuned ...]

The bare network: forward, backward and step, again and again on one float batch that is already
in memory. Ours, with what params.yaml says: an epoch over a memory-mapped uint8 array, batches
fetched in random order, views drawn, weights averaged. Both take turns, several times each; the
ratio is that of the medians. A network whose precision is not float32 is measured in that as well.
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
from tqdm import tqdm

from galaxyzoo.data import GalaxyDataset, shuffled
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.files import write_array
from galaxyzoo.models import ARCHITECTURES, build
from galaxyzoo.params import TrainParams, read_params
from galaxyzoo.processed import open_array
from galaxyzoo.training import start, train_epoch

BATCH, SIZE, ROUNDS = 64, 64, 7
STEPS = {"cnn": 60, "resnet": 12, "tuned": 20}


def make_dataset(folder: Path, count: int) -> GalaxyDataset:
    draws = np.random.default_rng(0)
    path = folder / "images.npy"
    write_array(path, draws.integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8))
    votes = torch.from_numpy(draws.random((count, 37), dtype=np.float32))
    return GalaxyDataset(open_array(path), torch.arange(count), votes, np.arange(count))


def seconds(action: Callable[[], object], compute: Compute) -> float:
    start = time.perf_counter()
    action()
    if compute.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(name: str, folder: Path, options: TrainParams) -> tuple[float, float]:
    """Images per second: of the bare network, and of our loop with all that `options` ask for."""
    steps = STEPS[name]
    compute = choose_compute(options.device, options.precision)
    progress = start(build(name, SIZE, seed=0).to(compute.device), options)
    model, optimizer = progress.model, progress.optimizer
    data = make_dataset(folder, steps * BATCH).to(compute.device)
    batches = shuffled(data, BATCH, progress.draws)
    images = torch.rand(BATCH, SIZE, SIZE, 3, device=compute.device).permute(0, 3, 1, 2)
    votes = torch.rand(BATCH, 37, device=compute.device)

    def bare() -> None:
        model.train()
        for _ in range(steps):
            optimizer.zero_grad()
            with compute.autocast():
                predicted = model(images)
            nn.functional.mse_loss(predicted.float(), votes).backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    def ours() -> None:
        with tqdm(disable=True) as bar:
            train_epoch(progress, batches, options, compute, bar)

    bare()  # the first of each warms up
    ours()
    rounds = [(seconds(bare, compute), seconds(ours, compute)) for _ in range(ROUNDS)]
    return tuple(steps * BATCH / median(column) for column in zip(*rounds, strict=True))


def main() -> None:
    params = read_params()
    print(f"batches of {BATCH}, {torch.get_num_threads()} threads")
    for name in sys.argv[1:] or ARCHITECTURES:
        committed: TrainParams = getattr(params, f"train_{name}")
        for precision in sorted({committed.precision, "float32"}):
            options = committed.model_copy(update={"precision": precision})
            with TemporaryDirectory() as folder:
                bare, ours = measure(name, Path(folder), options)
            compute = choose_compute(options.device, precision)
            print(
                f"{name:8}{compute.device.type:>5} {compute.dtype}: bare {bare:6.0f} images/s, "
                f"ours {ours:6.0f}: {100 * ours / bare:5.1f} %"
            )


if __name__ == "__main__":
    main()
