"""The work from images to batches: who does it, how it is told from other work, and its bar."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from math import ceil
from pathlib import Path

import torch
from tqdm import tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, remove
from galaxyzoo.classify.chunks import Job, Lines, chunks_of
from galaxyzoo.classify.partial import Partial, write_told
from galaxyzoo.classify.terms import Terms, resolved
from galaxyzoo.classify.workers import classify_chunks
from galaxyzoo.images.sources import Files
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.predict.rows import Entry
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.dask_engine import connect, engine_of
from galaxyzoo.processes.engines import AnyExecutor

logger = logging.getLogger(__name__)

_PASSES = 4
"""Forward passes for the images that a worker takes at a time: to project and to write so many
together, and to change less often between decoding and network, saves a twentieth of the time."""


class ClassifyError(UserError):
    """The images can't be classified as it was asked for."""


@dataclass(frozen=True)
class AllWork:
    """All of the work, and who does it."""

    job: Job
    files: Files
    entries: Sequence[Entry]
    predictor: Predictor
    engine: int | AnyExecutor
    """A number of processes, or what is there already: see `classify_chunks`"""

    def identity(self) -> str:
        """What tells a run from others that would give other rows: 64 hex digits."""
        facts = [
            self.job.terms.model,
            self.job.terms.versions,
            self.job.terms.code,
            str(self.predictor.compute),
            str(self.predictor.crop),
            str(self.predictor.views),
            str(self.job.layout),
            self.predictor.batch_size,
        ]
        whole = hashlib.sha256(json.dumps(facts).encode())
        for _, name in self.entries:
            whole.update(json.dumps([name, self.files.fingerprint(name)]).encode())
        return whole.hexdigest()

    def add_to(self, partial: Partial) -> None:
        """Do what `partial` hasn't yet."""
        size = _PASSES * self.predictor.batch_size
        first = partial.batches * size
        chunks = chunks_of(self.job, self.files, self.entries, size, first)
        left = ceil(max(len(self.entries) - first, 0) / size)
        engine = self.engine if isinstance(self.engine, AnyExecutor) else min(self.engine, left)
        done = partial.galaxies + partial.rejected
        with closing(classify_chunks(self.predictor, self.files, chunks, engine)) as results:
            begun = list(islice(results, 1))  # forks before the bar starts its thread
            with tqdm(total=len(self.entries), initial=done, unit=" images", disable=None) as bar:
                for batch in chain(begun, results):
                    partial.add(batch)
                    bar.update(batch.galaxies + len(batch.rejected))


@contextmanager
def engine_for(
    workers: int | None = None, executor: Executor | None = None, cluster: str | None = None
) -> Iterator[int | AnyExecutor]:
    """Who does the work; a cluster is looked for before anything else is done."""
    if sum(own is not None for own in (workers, executor, cluster)) > 1:
        raise ClassifyError("workers, executor, cluster: only one of these can be given")
    if executor is not None:
        yield engine_of(executor)
    elif cluster is not None:
        with closing(connect(cluster)) as found:
            yield found
    else:
        yield 0 if workers == 1 else workers or usable_cores()


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread of torch, as in each worker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def job_of(model: Path | None, predictor: Predictor, layout: Lines, load: LoadOptions) -> Job:
    options = resolved(predictor, load)
    return Job(layout, predictor.crop, model and model.absolute(), options, Terms.of(predictor))


def tell_model(predictor: Predictor, named: bool) -> None:
    """Say what the model is that nobody named; and of any that it knows nothing of the sky."""
    if not named:
        logger.info("model: %s", predictor.about())
    if predictor.rendered:
        logger.warning(
            "%s learned from rendered galaxies: it knows nothing of the sky", predictor.path
        )


def list_told(path: Path, column: str, number: int, partial: Partial, kind: str) -> None:
    """List what is told of files, if there is anything; else remove the list of an earlier run."""
    if not number:
        remove(path)
        return
    with atomic(path) as temporary:
        write_told(temporary, column, (told for batch in partial for told in getattr(batch, kind)))
