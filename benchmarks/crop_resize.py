"""How fast `crop_resize` is, beside bare Pillow calls on the same cores in the same run.

usage: python -m benchmarks.crop_resize IMAGES

IMAGES is a zip or a folder of <GalaxyID>.jpg. Bare Pillow: a process per core, each with its share
of the JPEGs already in memory, that decodes, crops and resizes them and keeps nothing. Each is
measured twice, in turn, because other work on the machine comes and goes.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from PIL import Image

from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.processing import process_images
from galaxyzoo.processes.cores import usable_cores

CROP, SIZE = 212, 64


def bare_share(images: Path, share: int, shares: int) -> float:
    """Images per second of one process that calls Pillow and does nothing else."""
    source = open_images(images)
    jpegs = [source.read(galaxy_id) for galaxy_id in list(source.names)[share::shares]]
    margin = (424 - CROP) // 2
    box = (margin, margin, margin + CROP, margin + CROP)
    start = time.perf_counter()
    for jpeg in jpegs:
        Image.open(BytesIO(jpeg)).crop(box).resize((SIZE, SIZE))
    return len(jpegs) / (time.perf_counter() - start)


def bare_rate(images: Path) -> float:
    """Images per second of all cores together."""
    cores = usable_cores()
    with ProcessPoolExecutor(cores) as pool:
        rates = pool.map(bare_share, [images] * cores, range(cores), [cores] * cores)
        return sum(rates)


def our_rate(images: Path) -> float:
    """Images per second of the stage's own function, from the closed zip to the closed files."""
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        start = time.perf_counter()
        source = open_images(images)
        process_images(source, CROP, SIZE, save_jpegs=False, outputs=ProcessedPaths(Path(folder)))
        return len(source.names) / (time.perf_counter() - start)


def main() -> None:
    images = Path(sys.argv[1])
    bare, ours = [], []
    for _ in range(2):
        bare.append(bare_rate(images))
        ours.append(our_rate(images))
    print(f"{len(open_images(images).names)} images, {usable_cores()} cores, each measured twice")
    print(f"bare Pillow   {mean(bare):7.0f} images/s  ({', '.join(f'{r:.0f}' for r in bare)})")
    print(f"crop_resize   {mean(ours):7.0f} images/s  ({', '.join(f'{r:.0f}' for r in ours)})")
    print(f"ratio         {100 * mean(ours) / mean(bare):7.1f} %")


if __name__ == "__main__":
    main()
