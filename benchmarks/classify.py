"""How fast `galaxyzoo classify` is, beside what bare decoding and bare inference leave possible.

usage: python -m benchmarks.classify IMAGES MODEL [MODEL ...]

IMAGES is a zip or a folder of <GalaxyID>.jpg, which are repeated to the number that is measured.
Alone, in a process of one thread per core: bare Pillow on JPEGs in memory, and the bare network at
1 view on a batch in memory. Together they take so many core-seconds per image, which is the limit
that the cores allow. Then the whole command, for few images and for many: the difference leaves
out the start. All take turns, several times each, because other work on the machine comes and goes.
Where there is much of that, the ratio of processor time says more than that of images per second:
it leaves out only what cores wait for each other.
"""

import itertools
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from PIL import Image

from galaxyzoo.devices import choose_compute
from galaxyzoo.images.by_id import open_images
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.inference import made_ready
from galaxyzoo.predict.load_options import BATCH_SIZE
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.processes.cores import usable_cores

CORES = usable_cores()
CROP, SIZE, ROUNDS = 212, 64, 5
FEW = 8 * CORES * BATCH_SIZE
IMAGES = {"cnn": 16_384, "resnet": 8_192}
"""How many the command classifies with a fast network, beyond the few"""
IMAGES_OF_OTHERS = 4_096


@dataclass(frozen=True)
class Times:
    """Seconds on the clock, and of processors."""

    clock: float
    processor: float

    @classmethod
    def now(cls) -> "Times":
        """Of this process and of its children that have ended."""
        used = os.times()
        return cls(time.perf_counter(), sum(used[:4]))

    def __sub__(self, other: "Times") -> "Times":
        return Times(self.clock - other.clock, self.processor - other.processor)

    def per(self, count: int) -> "Times":
        return Times(self.clock / count, self.processor / count)


def median_times(times: list[Times]) -> Times:
    return Times(median(t.clock for t in times), median(t.processor for t in times))


def bare_decode(jpegs: list[bytes]) -> Times:
    """Per image of Pillow, on one core."""
    margin = (424 - CROP) // 2
    box = (margin, margin, margin + CROP, margin + CROP)
    start = Times.now()
    for jpeg in jpegs:
        Image.open(BytesIO(jpeg)).crop(box).resize((SIZE, SIZE))
    return (Times.now() - start).per(len(jpegs))


@torch.inference_mode()
def bare_inference(model_file: Path, precision: str, images: int) -> Times:
    """Per image of the network, on one core."""
    torch.set_num_threads(1)
    compute = choose_compute("cpu", precision)
    model = made_ready(read_model(model_file).folded(), compute)
    batch = to_input(torch.randint(0, 256, (BATCH_SIZE, SIZE, SIZE, 3), dtype=torch.uint8))
    batch, batches = batch.to(compute.dtype), images // BATCH_SIZE
    model(batch)
    start = Times.now()
    for _ in range(batches):
        model(batch)
    return (Times.now() - start).per(batches * BATCH_SIZE)


def make_zip(path: Path, jpegs: Iterator[bytes], count: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for galaxy_id, jpeg in enumerate(itertools.islice(jpegs, count)):
            archive.writestr(f"{galaxy_id}.jpg", jpeg)
    return path


def command(images: Path, model: Path, precision: str) -> Times:
    """Of the whole command."""
    output = images.with_suffix(".csv")
    given = [images, "--model", model, "--output", output]
    options = ["--precision", precision, "--views", "1", "--device", "cpu"]
    start = Times.now()
    subprocess.run(
        [sys.executable, "-m", "galaxyzoo", "classify", *map(str, given), *options],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Times.now() - start


def on_each_core(function: Callable[..., Times], *arguments: object) -> list[Times]:
    """What `function` gives in a process per core, all at the same time."""
    with ProcessPoolExecutor(CORES, get_context("forkserver")) as pool:
        futures = [pool.submit(function, *arguments) for _ in range(CORES)]
        return [future.result() for future in futures]


def measure(model: Path, precision: str, jpegs: list[bytes], folder: Path) -> None:
    count = IMAGES.get(read_model(model).network.name, IMAGES_OF_OTHERS)
    few = make_zip(folder / "few.zip", itertools.cycle(jpegs), FEW)
    many = make_zip(folder / "many.zip", itertools.cycle(jpegs), FEW + count)
    decoding: list[Times] = []
    inference: list[Times] = []
    ours: list[Times] = []
    for _ in range(ROUNDS):
        decoding += on_each_core(bare_decode, jpegs)
        inference += on_each_core(bare_inference, model, precision, count // 4)
        start = command(few, model, precision)
        ours.append((command(many, model, precision) - start).per(count))
    decode, network, whole = map(median_times, (decoding, inference, ours))
    limit = CORES / (decode.clock + network.clock)
    bare = decode.processor + network.processor
    print(
        f"{model.stem:7} {precision:8} core-milliseconds per image: "
        f"decode {1000 * decode.processor:.3f}, network {1000 * network.processor:.3f}, "
        f"command {1000 * whole.processor:.3f}: {100 * bare / whole.processor:.0f} %; "
        f"limit {limit:.0f} images/s, command {1 / whole.clock:.0f} "
        f"({', '.join(f'{1 / t.clock:.0f}' for t in ours)}): {100 / whole.clock / limit:.0f} %",
        flush=True,
    )


def main() -> None:
    source = open_images(Path(sys.argv[1]))
    jpegs = [source.read(galaxy_id) for galaxy_id in itertools.islice(source.names, 2_000)]
    precisions = ["float32"]
    if choose_compute("cpu", "auto").dtype == torch.bfloat16:
        precisions.append("bfloat16")
    with TemporaryDirectory() as folder:
        for model, precision in itertools.product(map(Path, sys.argv[2:]), precisions):
            measure(model, precision, jpegs, Path(folder))


if __name__ == "__main__":
    main()
