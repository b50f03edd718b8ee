"""Every image of a source, cropped and resized on all cores into one memory-mappable array."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from galaxyzoo.files import atomic, write_array
from galaxyzoo.images import (
    ImagesError,
    ImageSource,
    crop_center,
    crop_resize,
    decode,
    is_rendered,
    open_images,
)
from galaxyzoo.processed import Preparation, ProcessedPaths

CENTER = 10
"""Side in pixels of the central square that the central-pixel benchmark looks at."""

_CHUNK = 64  # images per task of a worker: small enough to share out evenly, large enough to be few


@dataclass(frozen=True)
class _Job:
    """All that a worker needs to know."""

    source: Path
    galaxy_ids: tuple[int, ...]
    crop: int
    size: int
    images: Path
    centers: Path
    jpegs: Path | None


def process_images(
    source: ImageSource, crop: int, size: int, save_jpegs: bool, outputs: ProcessedPaths
) -> None:
    """Crop and resize every image of `source` into the folder `outputs`.

    Memory use does not grow with the number of images. Raises ImagesError that lists every image
    that doesn't decode or is smaller than the crop; `outputs` are then left as they were.
    """
    count = len(source.names)
    with (
        atomic(outputs.images) as images,
        atomic(outputs.centers) as centers,
        atomic(outputs.jpegs) as jpegs,
    ):
        np.lib.format.open_memmap(images, "w+", np.uint8, (count, size, size, 3))
        np.lib.format.open_memmap(centers, "w+", np.uint8, (count, CENTER, CENTER, 3))
        jpegs.mkdir()
        job = _Job(
            source.path,
            tuple(source.names),
            crop,
            size,
            images,
            centers,
            jpegs if save_jpegs else None,
        )
        bad = _run(job)
        if bad:
            listing = "\n".join(f"  {source.names[galaxy_id]} {why}" for galaxy_id, why in bad)
            raise ImagesError(f"{source.path}: {len(bad)} of {count} images are bad:\n{listing}")
    write_array(outputs.galaxy_ids, np.array(list(source.names), np.int64))
    first = decode(source.read(next(iter(source.names))))
    Preparation(crop, size, is_rendered(first)).write(outputs.preparation)


def _run(job: _Job) -> list[tuple[int, str]]:
    """Process all images; the bad ones, as (GalaxyID, what is wrong with it)."""
    count = len(job.galaxy_ids)
    starts = range(0, count, _CHUNK)
    bad: list[tuple[int, str]] = []
    workers = min(os.cpu_count() or 1, len(starts))
    with (
        ProcessPoolExecutor(workers, initializer=_Worker.start, initargs=(job,)) as pool,
        tqdm(total=count, desc="crop and resize", unit=" images", disable=None) as bar,
    ):
        for start, bad_in_chunk in zip(starts, pool.map(_Worker.process, starts), strict=True):
            bad += bad_in_chunk
            bar.update(min(_CHUNK, count - start))
    return bad


class _Worker:
    """One process of the pool: opens source and arrays once, then fills them chunk by chunk."""

    current: "_Worker"

    def __init__(self, job: _Job) -> None:
        self.job = job
        self.source = open_images(job.source)
        self.images = np.load(job.images, mmap_mode="r+")
        self.centers = np.load(job.centers, mmap_mode="r+")

    @classmethod
    def start(cls, job: _Job) -> None:
        cls.current = cls(job)

    @classmethod
    def process(cls, start: int) -> list[tuple[int, str]]:
        """Process the chunk that begins at row `start`; the bad images in it."""
        worker = cls.current
        bad = []
        for row, galaxy_id in enumerate(worker.job.galaxy_ids[start : start + _CHUNK], start):
            try:
                worker.process_one(row, galaxy_id)
            except ImagesError as error:
                bad.append((galaxy_id, str(error)))
        return bad

    def process_one(self, row: int, galaxy_id: int) -> None:
        original = decode(self.source.read(galaxy_id))
        processed = crop_resize(original, self.job.crop, self.job.size)
        self.images[row] = processed
        self.centers[row] = crop_center(original, CENTER)
        if self.job.jpegs is not None:
            processed.save(self.job.jpegs / f"{galaxy_id}.jpg", quality=95, subsampling=0)
