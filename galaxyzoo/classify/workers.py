"""From files of images to rows of the catalogue, in several processes, in order.

On a CPU each worker does whole chunks: it reads, decodes and crops the images, predicts with one
thread, and formats the rows. So all cores are busy, however decoding and network share the work.
With an accelerator, workers of this machine stop at the cropped images, and the main process
predicts. Workers of an executor, wherever they are, do the whole.
"""

import logging
import platform
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from galaxyzoo.classify.chunks import Chunk, Job
from galaxyzoo.classify.partial import ClassifiedBatch, Told
from galaxyzoo.classify.seeing import see_all, see_file
from galaxyzoo.classify.terms import TermsError, Where, spot
from galaxyzoo.images.sources import Files, ImagesError
from galaxyzoo.predict.predictor import Predictor, load_model
from galaxyzoo.predict.rows import Entry
from galaxyzoo.processes.engines import AnyExecutor, Engine, OwnProcesses
from galaxyzoo.processes.surviving import in_order
from galaxyzoo.processes.workers import WorkersError
from galaxyzoo.remote.requests import ChangedError
from galaxyzoo.remote.troubles import RemoteError

logger = logging.getLogger(__name__)

Out = TypeVar("Out")

# Bytes that a worker reads before it decodes: each of the two then finds its code and data in the
# processor's caches, and files of any size fit into memory.
_READ_AHEAD = 8 * 2**20


@dataclass(frozen=True)
class _Prepared:
    """The images of a batch that are good, as the network is to see them, and the others."""

    names: list[str]
    labels: list[str]
    images: NDArray[np.uint8]
    """[N, size, size, 3]"""
    warnings: list[str]
    """What is odd about each image by itself; empty if nothing is"""
    rejected: list[Told]
    unread: list[str]
    """Names of files that can't be read"""


@dataclass(frozen=True)
class _Classified:
    """What a worker makes of a chunk."""

    batch: ClassifiedBatch
    unread: list[str]
    where: Where


def classify_chunks(
    predictor: Predictor, files: Files, chunks: Iterable[Chunk], workers: "int | AnyExecutor"
) -> Generator[ClassifiedBatch]:
    """What comes of each of `chunks`, in order. Only a few are held at a time.

    `predictor` is the model of their job, and `files` are those that they are parts of. `workers`
    are so many processes, which are made, where 0 is this one; or an engine that is there. torch
    must be set to one thread: with more, it could round otherwise than in a worker. An image that
    ends its worker is rejected. Raises WorkersError if no worker can work, and UserError if one
    can't do as this machine does.
    """
    if isinstance(workers, AnyExecutor):
        yield from _elsewhere(predictor, files, chunks, workers)
    elif not workers:
        yield from (_finish(chunk.job, predictor, _prepare(chunk)) for chunk in chunks)
    elif predictor.compute.device.type == "cpu":
        for done in _in_order(OwnProcesses(workers, _start), _classify, chunks):
            yield done.batch
    else:
        for job, prepared in _in_order(OwnProcesses(workers, _start), _prepare_there, chunks):
            yield _finish(job, predictor, prepared)


def _elsewhere(
    predictor: Predictor, files: Files, chunks: Iterable[Chunk], engine: AnyExecutor
) -> Generator[ClassifiedBatch]:
    here = spot(predictor.compute.device)
    kinds = {here.kind}
    for done in in_order(engine, _classify_far, chunks):
        for name in done.unread:
            _check_unread(files, name, done.where.host)
        if done.where.kind not in kinds:
            kinds.add(done.where.kind)
            logger.warning(
                "the worker on %s is %s, and this machine is %s: last digits may differ",
                done.where.host,
                done.where.kind,
                here.kind,
            )
        yield done.batch


def _check_unread(files: Files, name: str, host: str) -> None:
    """Refuse a worker that lacks a file which is there: it must not be rejected for that."""
    try:
        files.read(name)
    except ImagesError:
        return
    raise TermsError(
        f"the worker on {host}: can't read {name} of {files.path}, which can be read here; workers "
        "need the images under the same path"
    )


def _prepare(chunk: Chunk) -> _Prepared:
    job, entries = chunk.job, chunk.entries
    labels: list[str] = []
    images: list[NDArray[np.uint8]] = []
    warnings: dict[str, str] = {}
    reasons = dict(chunk.left_out)
    unread: list[str] = []
    for contents in _read(chunk, reasons, unread):
        for (label, name), content in contents:
            try:
                seen = see_file(job.crop, content)
            except ImagesError as error:
                reasons[name] = str(error)
                continue
            images.append(seen.cropped)
            labels.append(label)
            warnings[name] = seen.odd
    return _Prepared(
        list(warnings),
        labels,
        job.crop.stack(images),
        list(warnings.values()),
        rejected=[(name, reasons[name]) for _, name in entries if name in reasons],
        unread=unread,
    )


def _read(
    chunk: Chunk, reasons: dict[str, str], unread: list[str]
) -> Iterator[list[tuple[Entry, bytes]]]:
    """The contents of a chunk's files, many at a time, but for those that `reasons` tell of.

    Why others can't be read is added to `reasons`, by name.
    """
    contents: list[tuple[Entry, bytes]] = []
    size = 0
    for entry in chunk.entries:
        if entry[1] in reasons:
            continue
        try:
            contents.append((entry, chunk.part.read(entry[1])))
        except ImagesError as error:
            reasons[entry[1]] = str(error)
            unread.append(entry[1])
            continue
        size += len(contents[-1][1])
        if size > _READ_AHEAD:
            yield contents
            contents, size = [], 0
    yield contents


def _finish(job: Job, predictor: Predictor, prepared: _Prepared) -> ClassifiedBatch:
    rows, warnings = "", prepared.warnings
    if prepared.labels:
        seen = see_all(predictor, prepared.images, warnings)
        warnings = seen.warnings
        rows = job.layout.lines(predictor, prepared.labels, seen)
    told = [(name, why) for name, why in zip(prepared.names, warnings, strict=True) if why]
    return ClassifiedBatch(len(prepared.labels), rows, prepared.rejected, told)


class _Loaded:
    """The model that a worker loaded last, which all its chunks share."""

    lock = Lock()
    job: Job | None = None
    predictor: Predictor

    @classmethod
    def of(cls, job: Job) -> Predictor:
        """Raises TermsError if this machine can't compute as the job says."""
        with cls.lock:
            if cls.job != job:
                job.terms.check(job.model)
                cls.predictor = load_model(job.model, job.options)
                cls.job = job
            return cls.predictor


def _start() -> None:
    torch.set_num_threads(1)


def _prepare_there(chunk: Chunk) -> tuple[Job, _Prepared]:
    return chunk.job, _prepare(chunk)


def _classify(chunk: Chunk) -> _Classified:
    """All of the work on a chunk, in whatever process."""
    torch.set_num_threads(1)
    predictor = _Loaded.of(chunk.job)
    prepared = _prepare(chunk)
    batch = _finish(chunk.job, predictor, prepared)
    return _Classified(batch, prepared.unread, spot(predictor.compute.device))


def _classify_far(chunk: Chunk) -> _Classified:
    """The same on some machine, which is named if it can't reach what the driver can."""
    try:
        return _classify(chunk)
    except ChangedError:
        raise
    except RemoteError as error:
        raise TermsError(f"the worker on {platform.node()}: {error}") from error


def _in_order(
    engine: Engine, action: Callable[[Chunk], Out], chunks: Iterable[Chunk]
) -> Generator[Out]:
    try:
        yield from in_order(engine, action, chunks)
    except WorkersError as error:
        raise WorkersError(
            f"{error}, and goes on from here; --workers 1 takes the least"
        ) from error
