"""How fast networks train, beside the bare network in the same run.

usage: python -m benchmarks.training [cnn|resnet|tuned ...]

The bare network: forward, backward and step, again and again on one float batch that is already
in memory. Ours, with what params.yaml says: an epoch over a memory-mapped uint8 array, batches
fetched in random order, views drawn, weights averaged. Both take turns, several times each; the
ratio is that of the medians. A network whose precision is not float32 is measured in that as well.
Of a network that uses precise batch norm, it also tells how long that takes beside an epoch.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from galaxyzoo import networks
from galaxyzoo.base.files import write_array
from galaxyzoo.base.ids import id_array
from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.batches import in_order_together, shuffled
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.params import read_params, section_of
from galaxyzoo.processed import open_array
from galaxyzoo.training.batch_norm import estimate_batch_norm
from galaxyzoo.training.loop import start, train_epoch
from galaxyzoo.training.params import TrainParams, params_of
from galaxyzoo.tree import GZ2

BATCH, SIZE, ROUNDS = 64, 64, 7
STEPS = {"cnn": 60, "tuned": 20}
STEPS_OF_OTHERS = 12
ANSWERS = len(GZ2.columns)


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds."""

    bare: float
    """Images per second of the bare network"""
    ours: float
    """The same of our loop with all that params.yaml asks for"""
    precise_bn: float | None
    """Seconds of precise batch norm as a share of those of an epoch; None if it isn't used"""


def make_dataset(folder: Path, count: int) -> GalaxyDataset:
    draws = np.random.default_rng(0)
    path = folder / "images.npy"
    write_array(path, draws.integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8))
    votes = torch.from_numpy(draws.random((count, ANSWERS), dtype=np.float32))
    return GalaxyDataset(
        open_array(path),
        torch.arange(count),
        votes,
        id_array(str(number) for number in range(count)),
    )


def seconds(action: Callable[[], object], compute: Compute) -> float:
    start = time.perf_counter()
    action()
    if compute.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(name: str, folder: Path, options: TrainParams, compute: Compute) -> Measured:
    steps = STEPS.get(name, STEPS_OF_OTHERS)
    built = networks.find(name).build(SIZE, ANSWERS, seed=0)
    progress = start(built.to(compute.device), options)
    model, optimizer = progress.model, progress.optimizer
    data = make_dataset(folder, steps * BATCH).to(compute.device)
    batches, plain = shuffled(data, BATCH, progress.draws), in_order_together(data, BATCH)
    images = torch.rand(BATCH, SIZE, SIZE, 3, device=compute.device).permute(0, 3, 1, 2)
    votes = torch.rand(BATCH, ANSWERS, device=compute.device)

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

    def precise_bn() -> None:
        estimate_batch_norm(model, plain, compute)

    # as in galaxyzoo.training.loop: a moving average has statistics of its own
    uses_it = options.precise_bn and progress.average is None
    actions = (bare, ours, precise_bn) if uses_it else (bare, ours)
    for action in actions:  # the first of each warms up
        action()
    rounds = [[seconds(action, compute) for action in actions] for _ in range(ROUNDS)]
    of_bare, epoch, *rest = (median(column) for column in zip(*rounds, strict=True))
    images_in_all = steps * BATCH
    return Measured(
        images_in_all / of_bare, images_in_all / epoch, rest[0] / epoch if rest else None
    )


def main() -> None:
    print(f"batches of {BATCH}, {torch.get_num_threads()} threads")
    sections = read_params()
    committed_ones = [name for name in networks.names() if section_of(name) in sections]
    for name in sys.argv[1:] or committed_ones:
        committed = read_section(section_of(name), params_of(name))
        asked = [choose_compute(committed.device, p) for p in ("float32", committed.precision)]
        for compute in dict.fromkeys(asked):  # auto may be float32
            with TemporaryDirectory() as folder:
                measured = measure(name, Path(folder), committed, compute)
            bare, ours = measured.bare, measured.ours
            print(
                f"{name:8}{compute.device.type:>5} {compute.dtype}: bare {bare:6.0f} images/s, "
                f"ours {ours:6.0f}: {100 * ours / bare:5.1f} %"
            )
            if measured.precise_bn is not None:
                share = 100 * measured.precise_bn
                print(f"{name}: precise batch norm takes {share:.0f} % of an epoch")


if __name__ == "__main__":
    main()
