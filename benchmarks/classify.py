"""How fast `galaxyzoo classify` is, beside what bare decoding and bare inference leave possible.

usage: python -m benchmarks.classify IMAGES MODEL [MODEL ...]

IMAGES is a zip or a folder of <GalaxyID>.jpg, which are repeated to the number that is measured.
Alone, in a process of one thread per core: bare Pillow on JPEGs in memory, and the bare network at
1 view on a batch in memory. Together they take so many core-seconds per image, which is the limit
that the cores allow. Then the whole command, for few images and for many: the difference leaves
out the start. All take turns, several times each, because other work on the machine comes and goes.
"""

import itertools
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from PIL import Image

from galaxyzoo.devices import choose_compute
from galaxyzoo.images import open_images
from galaxyzoo.model_files import read_model
from galaxyzoo.models import to_input
from galaxyzoo.predictor import BATCH_SIZE

CORES = os.cpu_count() or 1
CROP, SIZE, ROUNDS = 212, 64, 2
FEW = 4 * CORES * BATCH_SIZE
IMAGES = {"cnn": 16_384, "resnet": 8_192, "tuned": 4_096}
"""How many the command classifies, beyond the few"""


def bare_decode(jpegs: list[bytes]) -> float:
    """Seconds per image of Pillow, on one core."""
    margin = (424 - CROP) // 2
    box = (margin, margin, margin + CROP, margin + CROP)
    start = time.perf_counter()
    for jpeg in jpegs:
        Image.open(BytesIO(jpeg)).crop(box).resize((SIZE, SIZE))
    return (time.perf_counter() - start) / len(jpegs)


@torch.inference_mode()
def bare_inference(model_file: Path, precision: str, images: int) -> float:
    """Seconds per image of the network, on one core."""
    torch.set_num_threads(1)
    model, _ = read_model(model_file)
    compute = choose_compute("cpu", precision)
    batch = to_input(torch.randint(0, 256, (BATCH_SIZE, SIZE, SIZE, 3), dtype=torch.uint8))
    batches = images // BATCH_SIZE
    with compute.autocast():
        model(batch)
        start = time.perf_counter()
        for _ in range(batches):
            model(batch)
    return (time.perf_counter() - start) / batches / BATCH_SIZE


def make_zip(path: Path, jpegs: Iterator[bytes], count: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for galaxy_id, jpeg in enumerate(itertools.islice(jpegs, count)):
            archive.writestr(f"{galaxy_id}.jpg", jpeg)
    return path


def command(images: Path, model: Path, precision: str) -> float:
    """Seconds of the whole command."""
    output = images.with_suffix(".csv")
    given = [images, "--model", model, "--output", output]
    options = ["--precision", precision, "--views", "1", "--device", "cpu"]
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "galaxyzoo", "classify", *map(str, given), *options],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def on_each_core(function: Callable[..., float], *arguments: object) -> float:
    """The mean of what `function` gives in a process per core, all at the same time."""
    with ProcessPoolExecutor(CORES, get_context("forkserver")) as pool:
        futures = [pool.submit(function, *arguments) for _ in range(CORES)]
        return sum(future.result() for future in futures) / CORES


def measure(model: Path, precision: str, jpegs: list[bytes], folder: Path) -> None:
    count = IMAGES[read_model(model)[1].architecture]
    few = make_zip(folder / "few.zip", itertools.cycle(jpegs), FEW)
    many = make_zip(folder / "many.zip", itertools.cycle(jpegs), FEW + count)
    decoding, inference, ours = [], [], []
    for _ in range(ROUNDS):
        decoding.append(on_each_core(bare_decode, jpegs))
        inference.append(on_each_core(bare_inference, model, precision, count // 4))
        ours.append(count / (command(many, model, precision) - command(few, model, precision)))
    limit = CORES / (median(decoding) + median(inference))
    print(
        f"{model.stem:7} {precision:8} core-seconds for 1,000 images: "
        f"decode {1000 * median(decoding):.3f}, network {1000 * median(inference):.3f}; "
        f"limit {limit:.0f} images/s, command {median(ours):.0f} "
        f"({', '.join(f'{rate:.0f}' for rate in ours)}): {100 * median(ours) / limit:.0f} %",
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
