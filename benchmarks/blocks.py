"""What it brings to shuffle images by blocks, and what it costs in accuracy.

usage: python -m benchmarks.blocks reading [GIGABYTES]    (default: 2.5, written beside this folder)
       python -m benchmarks.blocks accuracy FOLDER

reading: batches drawn at random, and by blocks, of a file that is read as if it were far larger
than memory: the system's cache has nothing of it before each random batch, of which there are a
hundred, and before an epoch by blocks. Needs Linux, and a file system on a disk.

accuracy: FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv
or .zip). The tuned network learns from 2,090 galaxies as tools/sky_model/settings.yaml says, but
for 20 epochs, and is scored on one fold of the others; three times, with another draw, fold and
seed each. Once they are shuffled as ever, once by blocks of 64 of which 4 are mixed. Goes on where
it was stopped.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch

from benchmarks.learning_curve import SEEDS, Step, chosen
from galaxyzoo.base.endings import told
from galaxyzoo.base.files import allocate_array
from galaxyzoo.base.ids import id_array
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.dataset.batches import shuffled
from galaxyzoo.dataset.blocks import Blocks
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.dataset.maps import release
from galaxyzoo.processed import open_array
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.scoring.rmse import rmse
from tools.sky_model.__main__ import WORK
from tools.sky_model.looking import predict_some
from tools.sky_model.settings import Settings, read_settings
from tools.sky_model.training import Galaxies, find_labels, process, train_on

SIZE, BATCH = 64, 64
ROW = SIZE * SIZE * 3  # bytes
AT_RANDOM = 100

GALAXIES, EPOCHS = 2090, 20
SMALL = Blocks(rows=64, window=4)
ORDERS = ("rows", "blocks")


def empty_cache(dataset: GalaxyDataset) -> None:
    assert isinstance(dataset.images, np.memmap)
    release(dataset.images)  # what is mapped stays in the cache
    with Path(str(dataset.images.filename)).open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextmanager
def cold_images(gigabytes: float) -> Iterator[GalaxyDataset]:
    """Images of random bytes, some of which are several times there, on the disk."""
    count = max(int(gigabytes * 1e9 / ROW), 10 * BATCH)
    noise = np.random.default_rng(0).integers(0, 256, (1000, SIZE, SIZE, 3), dtype=np.uint8)
    with TemporaryDirectory(dir=Path.cwd().parent) as folder:
        path = Path(folder) / "images.npy"
        allocate_array(path, np.uint8, (count, SIZE, SIZE, 3))
        with path.open("r+b") as file:
            file.seek(path.stat().st_size - count * ROW)
            for start in range(0, count, len(noise)):
                file.write(noise[: count - start].tobytes())
            os.fsync(file.fileno())
        names = id_array(str(number) for number in range(count))
        yield GalaxyDataset(open_array(path), torch.arange(count), torch.zeros(count, 1), names)


@dataclass(frozen=True)
class Reading:
    """Of some batches."""

    rate: float
    """Images per second"""
    times: float
    """Bytes read from the disk, for each byte of the images that were asked for"""
    memory: int
    """Bytes of files that were mapped into memory, at most"""


def read(dataset: GalaxyDataset, steps: int, each_cold: bool) -> Reading:
    """Ask for some batches of an epoch, or for all if there are fewer."""
    empty_cache(dataset)
    loader = shuffled(dataset, BATCH, torch.Generator().manual_seed(1))
    images, memory = 0, 0
    before, start = disk_bytes(), time.perf_counter()
    for step, (batch, _) in enumerate(islice(loader, steps)):
        images += len(batch)
        memory = max(memory, mapped_bytes()) if step % 20 == 0 else memory
        if each_cold:
            empty_cache(dataset)
    seconds = time.perf_counter() - start
    return Reading(images / seconds, (disk_bytes() - before) / (images * ROW), memory)


def disk_bytes() -> int:
    """Bytes that this process had read from a disk so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def mapped_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssFile")) * 1024


def tell_reading(gigabytes: float) -> None:
    with cold_images(gigabytes) as images:
        print(f"{len(images):,} images of {SIZE}x{SIZE}: {images.images.nbytes / 1e9:.1f} GB")
        at_random = read(images, AT_RANDOM, each_cold=True)
        by_blocks = read(images.in_blocks(), len(images), each_cold=False)
    for name, own in (("random batches", at_random), ("by blocks", by_blocks)):
        print(
            f"{name:15} {own.rate:8,.0f} images/s; an epoch reads the file {own.times:.2f} times; "
            f"at most {own.memory / 1e9:.2f} GB of files in memory"
        )
    print(f"ratio           {by_blocks.rate / at_random.rate:8.1f}")


@dataclass(frozen=True)
class Trial:
    """One training."""

    order: str
    seed: int


def run(galaxies: Galaxies, trial: Trial) -> float:
    """The RMSE of one training on the fold that it has not seen."""
    held_out = galaxies.folds == trial.seed
    tested = galaxies.some(held_out)
    learned = galaxies.some(chosen(held_out, Step(trial.seed, GALAXIES)))
    weights = train_on(
        replace(galaxies, settings=of_trial(galaxies.settings, trial)),
        learned if trial.order == "rows" else replace(learned, blocks=SMALL),
        None,
        WORK / f"blocks/{trial.order}-{trial.seed}",
    )
    return rmse(predict_some(learned, tested, weights, galaxies.settings), tested.votes.numpy())


def of_trial(settings: Settings, trial: Trial) -> Settings:
    changed = {"epochs": EPOCHS, "seed": trial.seed, "shuffle": trial.order}
    options = settings.train_tuned.model_copy(update=changed)
    return settings.model_copy(update={"train_tuned": options})


def tell_accuracy(raw: Path) -> None:
    settings = read_settings()
    galaxies = Galaxies(ProcessedPaths(WORK / "processed"), find_labels(raw), settings)
    if not galaxies.processed.preparation.is_file():
        process(raw / "images_training_rev1.zip", settings, galaxies.processed)
    trials = [Trial(order, seed) for seed in SEEDS for order in ORDERS]
    one_thread = (torch.set_num_threads, (1,))
    scores = in_processes(partial(run, galaxies), trials, usable_cores(), *one_thread)
    rows = [(each.order, each.seed, score) for each, score in zip(trials, scores, strict=True)]
    table = pd.DataFrame(rows, columns=["order", "seed", "rmse"])
    own = table.pivot_table("rmse", "seed", "order")[list(ORDERS)]
    more = own.sub(own["rows"], axis=0)
    for order in ORDERS:
        print(
            f"{order:16} RMSE {own[order].mean():.4f} ({', '.join(f'{v:.4f}' for v in own[order])})"
            f"; {more[order].mean():+.4f} +- {more[order].std():.4f} to rows of the same seed"
        )


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stdout)
    given = dict(enumerate(sys.argv))
    if given.get(1) == "accuracy" and 2 in given:
        tell_accuracy(Path(given[2]))
    elif given.get(1) == "reading":
        tell_reading(float(given.get(2, "2.5")))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    with told():
        main()
