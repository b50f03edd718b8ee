"""Every image of a source, cropped and resized on all cores into one memory-mappable array."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image
from tqdm import tqdm

from galaxyzoo.cores import usable_cores
from galaxyzoo.files import allocate_array, atomic, write_array
from galaxyzoo.ids import id_array, order
from galaxyzoo.images.by_id import ImageSource
from galaxyzoo.images.cropping import crop_center, crop_resize
from galaxyzoo.images.decoding import decode, is_rendered
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.paths import ProcessedPaths
from galaxyzoo.processed import Preparation
from galaxyzoo.workers import in_processes

CENTER = 10
"""Side in pixels of the central square that the central-pixel benchmark looks at."""

In = TypeVar("In")
Out = TypeVar("Out")

Bad = tuple[str, str]
"""A GalaxyID, and what is wrong with its image"""

_CHUNK = 64  # images per task of a worker: small enough to share out evenly, large enough to be few


@dataclass(frozen=True)
class _Work:
    """All that a worker needs to know."""

    source: ImageSource
    galaxy_ids: tuple[str, ...]
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
        allocate_array(images, np.uint8, (count, size, size, 3))
        allocate_array(centers, np.uint8, (count, CENTER, CENTER, 3))
        jpegs.mkdir()
        job = _Work(
            source,
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
    write_array(outputs.galaxy_ids, id_array(source.names))
    first = decode(source.read(next(iter(source.names))))
    Preparation(crop, size, first.width, is_rendered(first)).write(outputs.preparation)


def _run(job: _Work) -> list[Bad]:
    """Process all images; the bad ones, in order."""
    count = len(job.galaxy_ids)
    starts = range(0, count, _CHUNK)
    bad: list[Bad] = []
    workers = min(usable_cores(), len(starts))
    with closing(
        in_processes(_Process.process, starts, workers, _Process.start, (job,))
    ) as results:
        first = list(islice(results, 1))  # forks before the bar starts its thread
        with tqdm(total=count, desc="crop and resize", unit=" images", disable=None) as bar:
            for start, bad_in_chunk in zip(starts, chain(first, results), strict=True):
                bad += bad_in_chunk
                bar.update(min(_CHUNK, count - start))
    return sorted(bad, key=lambda one: order(one[0]))


class _Process:
    """One process of the pool: opens the arrays once, then fills them chunk by chunk.

    Reading, cropping and writing take turns by the chunk and not by the image: each then finds
    its code and data in the processor's caches, which makes the whole a tenth faster.
    """

    current: "_Process"

    def __init__(self, job: _Work) -> None:
        self.job = job
        self.images = _Rows(job.images)
        self.centers = _Rows(job.centers)

    @classmethod
    def start(cls, job: _Work) -> None:
        cls.current = cls(job)

    @classmethod
    def process(cls, start: int) -> list[Bad]:
        """Process the chunk that begins at row `start`; the bad images in it."""
        worker = cls.current
        galaxy_ids = worker.job.galaxy_ids[start : start + _CHUNK]
        bad: list[Bad] = []
        jpegs = _each(worker.job.source.read, dict(zip(galaxy_ids, galaxy_ids, strict=True)), bad)
        crops = _each(worker.crop, jpegs, bad)
        if not bad:
            worker.write(start, crops)
        return bad

    def crop(self, jpeg: bytes) -> tuple[Image.Image, Image.Image]:
        """The processed image, and the central pixels of the original."""
        original = decode(jpeg)
        processed = crop_resize(original, self.job.crop, self.job.size)
        return processed, crop_center(original, CENTER)

    def write(self, start: int, crops: dict[str, tuple[Image.Image, Image.Image]]) -> None:
        processed, centers = zip(*crops.values(), strict=True)
        self.images.write(start, processed)
        self.centers.write(start, centers)
        if self.job.jpegs is not None:
            for galaxy_id, image in zip(crops, processed, strict=True):
                (self.job.jpegs / f"{galaxy_id}.jpg").write_bytes(_encode(image))


def _encode(image: Image.Image) -> bytes:
    """A JPEG in memory: written by Pillow itself, a full disk would be an "encoder error"."""
    file = BytesIO()
    image.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


class _Rows:
    """The rows of an array in a file, which several processes fill at the same time.

    Not through a memory map: to bring each fresh page of it into memory takes longer than to write.
    """

    def __init__(self, path: Path) -> None:
        array = np.load(path, mmap_mode="r")
        self.first, self.row_bytes = array.offset, array[0].nbytes
        self.file = path.open("r+b")

    def write(self, start: int, images: Sequence[Image.Image]) -> None:
        """Write RGB images as the rows from `start` on."""
        self.file.seek(self.first + start * self.row_bytes)
        self.file.write(b"".join(image.tobytes() for image in images))
        self.file.flush()


def _each(action: Callable[[In], Out], items: dict[str, In], bad: list[Bad]) -> dict[str, Out]:
    """What `action` makes of each galaxy's item; those it refuses are added to `bad`."""
    done = {}
    for galaxy_id, item in items.items():
        try:
            done[galaxy_id] = action(item)
        except ImagesError as error:
            bad.append((galaxy_id, str(error)))
    return done
