"""The processed images as JPEGs, to look through: in one zip, as DVC is slow with many files."""

import zipfile
from collections.abc import Generator
from contextlib import closing
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from galaxyzoo.base.ids import Ids
from galaxyzoo.images.chunks import CHUNK
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes


def write_jpegs(path: Path, images: Path, galaxy_ids: Ids) -> None:
    """Write the zip `path` of <GalaxyID>.jpg, one for each row of the array at `images`.

    That is uint8 [N, size, size, 3], RGB; N is the number of `galaxy_ids`, or these are empty.
    """
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive,
        closing(_encode_all(images, len(galaxy_ids))) as encoded,
    ):
        jpegs = chain.from_iterable(encoded)
        first = list(islice(jpegs, 1))  # forks before the bar starts its thread
        with tqdm(total=len(galaxy_ids), desc="JPEGs", unit=" images", disable=None) as bar:
            for galaxy_id, jpeg in zip(galaxy_ids, chain(first, jpegs), strict=True):
                archive.writestr(zipfile.ZipInfo(f"{galaxy_id}.jpg"), jpeg)  # of no date
                bar.update()


def _encode_all(images: Path, number: int) -> Generator[list[bytes]]:
    starts = range(0, number, CHUNK)
    if starts:
        workers = min(usable_cores(), len(starts))
        yield from in_processes(_Encoder.encode, starts, workers, _Encoder.start, (images,))


class _Encoder:
    """A process that encodes rows of an array."""

    images: "np.ndarray[tuple[int, int, int, int], np.dtype[np.uint8]]"

    @classmethod
    def start(cls, images: Path) -> None:
        cls.images = np.load(images, mmap_mode="r")

    @classmethod
    def encode(cls, start: int) -> list[bytes]:
        return [_encode(Image.fromarray(row)) for row in cls.images[start : start + CHUNK]]


def _encode(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()
