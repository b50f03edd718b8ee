"""From files of images to rows of the catalogue, in several processes, in order.

On a CPU each worker does whole batches: it reads, decodes and crops the images, predicts with one
thread, and formats the rows. So all cores are busy, however decoding and network share the work.
With an accelerator, workers stop at the cropped images, and the main process predicts.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.partial import ClassifiedBatch, Told
from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.sources import Files, ImagesError
from galaxyzoo.images.suspicion import suspicion
from galaxyzoo.predict.predictor import Crop, LoadOptions, Predictor, load_model
from galaxyzoo.predict.rows import Entry
from galaxyzoo.processes.workers import WorkersError, in_processes

Out = TypeVar("Out")

# Bytes that a worker reads before it decodes: each of the two then finds its code and data in the
# processor's caches, and files of any size fit into memory.
_READ_AHEAD = 8 * 2**20


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know."""

    files: Files
    layout: Layout
    crop: Crop
    model: Path
    options: LoadOptions


@dataclass(frozen=True)
class _Prepared:
    """The images of a batch that are good, as the network is to see them, and the others."""

    labels: list[str]
    images: NDArray[np.uint8]
    """[N, size, size, 3]"""
    warnings: list[str]
    """What is odd about each image; empty if nothing is"""
    rejected: list[Told]
    suspicious: list[Told]


def classify_batches(
    job: Job, predictor: Predictor, work: Sequence[Sequence[Entry]], workers: int
) -> Generator[ClassifiedBatch]:
    """What comes of each batch of `work`, in order. Only a few batches are held at a time.

    `predictor` is the model of `job`. torch must be set to one thread: with more, it could round
    otherwise than in a worker. Raises WorkersError if a worker is killed.
    """
    on_cpu = predictor.compute.device.type == "cpu"
    workers = min(workers, len(work))
    if workers <= 1:
        for entries in work:
            yield _finish(job, predictor, _prepare(job, entries))
    elif on_cpu:
        yield from _in_processes(_Worker.classify, job, work, workers)
    else:
        for prepared in _in_processes(_Worker.prepare, job, work, workers):
            yield _finish(job, predictor, prepared)


def _prepare(job: Job, entries: Sequence[Entry]) -> _Prepared:
    labels: list[str] = []
    images: list[NDArray[np.uint8]] = []
    warnings: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for contents in _read(job.files, entries, reasons):
        for (label, name), content in contents:
            try:
                image, why = _see(job, content)
            except ImagesError as error:
                reasons[name] = str(error)
                continue
            images.append(image)
            labels.append(label)
            warnings[name] = why
    return _Prepared(
        labels,
        job.crop.stack(images),
        list(warnings.values()),
        rejected=[(name, reasons[name]) for _, name in entries if name in reasons],
        suspicious=[(name, why) for name, why in warnings.items() if why],
    )


def _see(job: Job, content: bytes) -> tuple[NDArray[np.uint8], str]:
    """What the network is to see of an image, and what is odd about it."""
    original, why = decode_and_check(content)
    image = job.crop(original)
    return image, why or suspicion(image)


def _read(
    files: Files, entries: Sequence[Entry], reasons: dict[str, str]
) -> Iterator[list[tuple[Entry, bytes]]]:
    """The contents of some files, many at a time.

    Why others can't be read is added to `reasons`, by name.
    """
    contents: list[tuple[Entry, bytes]] = []
    size = 0
    for entry in entries:
        try:
            contents.append((entry, files.read(entry[1])))
        except ImagesError as error:
            reasons[entry[1]] = str(error)
            continue
        size += len(contents[-1][1])
        if size > _READ_AHEAD:
            yield contents
            contents, size = [], 0
    yield contents


def _finish(job: Job, predictor: Predictor, prepared: _Prepared) -> ClassifiedBatch:
    rows = ""
    if prepared.labels:
        fractions = predictor.predict_cropped(prepared.images)
        rows = job.layout.rows(prepared.labels, fractions, prepared.warnings)
    return ClassifiedBatch(len(prepared.labels), rows, prepared.rejected, prepared.suspicious)


class _Worker:
    """What a process of the pool keeps between batches."""

    job: Job
    predictor: Predictor | None = None

    @classmethod
    def start(cls, job: Job) -> None:
        torch.set_num_threads(1)
        cls.job = job

    @classmethod
    def prepare(cls, entries: Sequence[Entry]) -> _Prepared:
        return _prepare(cls.job, entries)

    @classmethod
    def classify(cls, entries: Sequence[Entry]) -> ClassifiedBatch:
        if cls.predictor is None:
            cls.predictor = load_model(cls.job.model, cls.job.options)
        return _finish(cls.job, cls.predictor, _prepare(cls.job, entries))


def _in_processes(
    action: Callable[[Sequence[Entry]], Out],
    job: Job,
    work: Sequence[Sequence[Entry]],
    workers: int,
) -> Generator[Out]:
    try:
        yield from in_processes(action, work, workers, _Worker.start, (job,))
    except WorkersError as error:
        raise WorkersError(
            f"{error}, and goes on from here; --workers 1 takes the least"
        ) from error
