"""A chunk of images at a time, processed in a worker and written into arrays that all share."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from galaxyzoo.images.by_id import Bad, ImageSource
from galaxyzoo.images.cropping import crop_center, crop_part
from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.sizes import MIN_SIDE, refuse_small
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.images.suspicion import suspicion

CENTER = 10
"""Side in pixels of the central square that the central-pixel benchmark looks at."""

CHUNK = 64
"""Images per task of a worker: small enough to share out evenly, large enough to be few"""

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class Work:
    """All that a worker needs to know."""

    source: ImageSource
    size: int
    images: Path
    centers: Path
    fraction: float = 1.0
    """The part of an image's width that is kept"""
    least: int = MIN_SIDE
    """Width and height in pixels that an image must have at least"""


@dataclass
class Seen:
    """What was found out about images; by GalaxyID in `bad` and `suspicious`, with the reason."""

    bad: list[Bad] = field(default_factory=list)
    suspicious: list[Bad] = field(default_factory=list)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many images have a width and a height"""

    def add(self, other: "Seen") -> None:
        self.bad += other.bad
        self.suspicious += other.suspicious
        self.sizes += other.sizes

    def common_width(self) -> int:
        """The shorter side that most images have, of several the largest; 0 if there is none."""
        widths: Counter[int] = Counter()
        for size, number in self.sizes.items():
            widths[min(size)] += number
        return max(widths, key=lambda width: (widths[width], width), default=0)


@dataclass(frozen=True)
class _Crops:
    processed: Image.Image
    center: Image.Image


class Process:
    """One process of the pool: opens the arrays once, then fills them chunk by chunk.

    Reading, cropping and writing take turns by the chunk and not by the image: each then finds
    its code and data in the processor's caches, which makes the whole a tenth faster.
    """

    current: "Process"

    def __init__(self, work: Work) -> None:
        self.work = work
        self.images = _Rows(work.images)
        self.centers = _Rows(work.centers)
        self.seen = Seen()

    @classmethod
    def start(cls, work: Work) -> None:
        cls.current = cls(work)

    @classmethod
    def process(cls, start: int) -> Seen:
        """Process the chunk that begins at row `start`. The rows of bad images become zeros."""
        worker = cls.current
        worker.seen = Seen()
        names = worker.work.source.names.rows(start, start + CHUNK)
        contents = worker.each(worker.read, names)
        crops = worker.each(worker.crop, contents)
        worker.write(start, tuple(names), crops)
        return worker.seen

    def each(self, action: Callable[[str, In], Out], items: dict[str, In]) -> dict[str, Out]:
        """What `action` makes of each galaxy's item; those that it refuses are noted as bad."""
        done = {}
        for galaxy_id, item in items.items():
            try:
                done[galaxy_id] = action(galaxy_id, item)
            except ImagesError as error:
                self.seen.bad.append((galaxy_id, str(error)))
        return done

    def read(self, _: str, name: str) -> bytes:
        return self.work.source.files.read(name)

    def crop(self, galaxy_id: str, content: bytes) -> _Crops:
        """The processed image, and the central pixels of the original."""
        original, why = decode_and_check(content)
        refuse_small(original.size, self.work.least)
        self.seen.sizes[original.size] += 1
        processed = crop_part(original, self.work.fraction, self.work.size)
        why = why or suspicion(np.asarray(processed))
        if why:
            self.seen.suspicious.append((galaxy_id, why))
        return _Crops(processed, crop_center(original, CENTER))

    def write(self, start: int, galaxy_ids: Sequence[str], crops: dict[str, _Crops]) -> None:
        size = self.work.size
        empty = _Crops(Image.new("RGB", (size, size)), Image.new("RGB", (CENTER, CENTER)))
        rows = [crops.get(galaxy_id, empty) for galaxy_id in galaxy_ids]
        self.images.write(start, [row.processed for row in rows])
        self.centers.write(start, [row.center for row in rows])


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
