"""Many images to one catalogue: in constant memory, and resuming after an interruption."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import ceil
from pathlib import Path

import torch
from tqdm import tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, remove
from galaxyzoo.base.messages import MOST_NAMED, count, shorten
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.chunks import Job, chunks_of
from galaxyzoo.classify.columns import ColumnSet, tree_with
from galaxyzoo.classify.destination import (
    Destination,
    destination,
    rejected_path,
    warnings_path,
)
from galaxyzoo.classify.identity import facts_of
from galaxyzoo.classify.partial import Partial, write_told
from galaxyzoo.classify.scale import tell_scale
from galaxyzoo.classify.targets import beside, read_targets, tell_unmatched
from galaxyzoo.classify.terms import Terms, resolved
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.classify.workers import classify_chunks
from galaxyzoo.classify.writing import WRITERS, check_columns_of, check_output, fitted
from galaxyzoo.images.sources import Files, survey
from galaxyzoo.predict.predictor import AS_THE_FILE_SAYS, LoadOptions, Predictor, load_model
from galaxyzoo.predict.rows import Entry, label
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.dask_engine import connect, engine_of
from galaxyzoo.processes.engines import AnyExecutor
from galaxyzoo.remote.opening import open_anywhere

logger = logging.getLogger(__name__)

_PASSES = 4
"""Forward passes for the images that a worker takes at a time: to project and to write so many
together, and to change less often between decoding and network, saves a twentieth of the time."""


class ClassifyError(UserError):
    """The images can't be classified as it was asked for."""


@dataclass(frozen=True)
class Options:
    """How to classify."""

    load: LoadOptions = AS_THE_FILE_SAYS
    described: bool = False
    """With what astronomers read: answers, their fractions, and a description"""
    columns: ColumnSet = "kaggle"
    """kaggle: fractions of all volunteers, as Class1.1. gz2: of those who were asked, and how many
    these are, as t01_smooth_or_features_a01_smooth_fraction and t01_smooth_or_features_reach"""
    table: Path | None = None
    """A table of the galaxies, whose columns the catalogue has, too: see `read_targets`"""
    id_column: str | None = None
    """Its column of ids; None: the only one that is called so"""
    workers: int | None = None
    """Processes; None: as many as there are cores that this process may use. 1 is this process
    itself: that takes the least memory, but an image that ends it ends the run"""
    executor: Executor | None = None
    """What does the work in place of these processes; it must be able to take what is pickled"""
    cluster: str | None = None
    """Or a cluster of Dask: the address of its scheduler, or the path of the file that it wrote"""
    work: Path = Path()
    """The folder of what is done so far, where the catalogue goes to a URL"""


@dataclass(frozen=True)
class Outcome:
    galaxies: int
    rejected: int
    suspicious: int = 0
    """Of the galaxies, those whose image may be wrong"""


def classify(
    images: Path | str, model: Path | None, output: Path | str, options: Options
) -> Outcome:
    """Classify `images` (see `open_anywhere`) with a model file, into the catalogue `output`.

    Without a `model`, it is that of the sky which comes with the package.
    Writes what its name ends in: .csv, .parquet, .fits, .vot (VOTable) or .ecsv. Files that aren't
    galaxies are listed in `rejected_path(output)`; if all are such, there is no catalogue. Galaxies
    whose image may be wrong are listed in `warnings_path(output)`; files that aren't looked into
    are counted in a line. What is done stands in ``<output>.partial`` until all is, and the same
    call resumes from there, also with another table of the user. An `output` that is a URL is made
    in the folder `options.work`, and sent whole at the end. Raises UserError for what can't be
    used.
    """
    place = destination(output, options.work)
    check_output(place.local, place.said(place.local))
    _check_table(options, place.local)
    place.check()
    with _engine(options) as engine, _one_thread():
        return _classify(images, model, place, options, engine)


def _classify(
    images: Path | str,
    model: Path | None,
    place: Destination,
    options: Options,
    engine: int | AnyExecutor,
) -> Outcome:
    predictor = load_model(model, _with_intervals(options))
    _tell_model(predictor, named=model is not None)
    tell_scale(predictor, images, options.load.crop)
    files = open_anywhere(images)
    found = survey(files)
    work = label(files, found)
    tree = tree_with(options.columns, predictor.tree)
    layout = Layout(tree, options.described, options.columns, predictor.coverage)
    catalogue = _catalogue(predictor, layout, options, place.local, work)
    job = _job(model, predictor, layout, options.load)
    identity = _identity(job, files, work, predictor)
    with Partial(place.partial, identity) as partial:
        _add_batches(partial, _AllWork(job, files, work, predictor, engine))
        _write(partial, catalogue, place.local)
        place.deliver()
        _tell_suspicious(partial, place)
        remove(partial.path)
    if found.others:
        logger.warning("%s", found.left_out())
    return Outcome(partial.galaxies, partial.rejected, partial.suspicious)


def _with_intervals(options: Options) -> LoadOptions:
    """How to load the model: with intervals where the columns are the products that they bound."""
    wanted = options.load.intervals and options.columns == "kaggle"
    return replace(options.load, intervals=wanted)


@dataclass(frozen=True)
class _AllWork:
    """All of the work, and who does it."""

    job: Job
    files: Files
    work: Sequence[Entry]
    predictor: Predictor
    engine: int | AnyExecutor
    """A number of processes, or what is there already: see `classify_chunks`"""


@contextmanager
def _engine(options: Options) -> Iterator[int | AnyExecutor]:
    """Who does the work; a cluster is looked for before anything else is done."""
    given = (options.workers, options.executor, options.cluster)
    if sum(own is not None for own in given) > 1:
        raise ClassifyError("workers, executor, cluster: only one of these can be given")
    if options.executor is not None:
        yield engine_of(options.executor)
    elif options.cluster is not None:
        with closing(connect(options.cluster)) as cluster:
            yield cluster
    else:
        yield 0 if options.workers == 1 else options.workers or usable_cores()


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread of torch, as in each worker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _job(model: Path | None, predictor: Predictor, layout: Layout, load: LoadOptions) -> Job:
    options = resolved(predictor, load)
    return Job(layout, predictor.crop, model and model.absolute(), options, Terms.of(predictor))


def _check_table(options: Options, output: Path) -> None:
    if options.table is None and options.id_column is not None:
        raise ClassifyError("id: names a column of the table, and there is no table")
    given = [path for path in (options.table, output) if path is not None and path.exists()]
    if len(given) == 2 and output.samefile(given[0]):
        raise ClassifyError(f"{output}: is the table; name another output")


def _tell_model(predictor: Predictor, named: bool) -> None:
    """Say what the model is that nobody named; and of any that it knows nothing of the sky."""
    if not named:
        logger.info("model: %s", predictor.about())
    if predictor.rendered:
        logger.warning(
            "%s learned from rendered galaxies: it knows nothing of the sky", predictor.path
        )


def _catalogue(
    predictor: Predictor, layout: Layout, options: Options, output: Path, work: Sequence[Entry]
) -> Catalogue:
    """What the catalogue will hold, as yet without rows."""
    headings, targets, alone = layout.headings(), None, False
    if options.table is not None:
        targets = read_targets(options.table, options.id_column)
        targets = fitted(beside(targets, [heading.name for heading in headings]), output)
        alone = tell_unmatched(targets, [label for label, _ in work])
    facts = facts_of(predictor, options.columns, targets)
    catalogue = Catalogue(headings, facts, targets, alone)
    check_columns_of(output, catalogue.schema)
    return catalogue


def _identity(job: Job, files: Files, work: Sequence[Entry], predictor: Predictor) -> str:
    """What tells a run from others that would give other rows: 64 hex digits."""
    facts = [
        job.terms.model,
        job.terms.versions,
        job.terms.code,
        str(predictor.compute),
        str(predictor.crop),
        str(predictor.views),
        str(job.layout),
        predictor.batch_size,
    ]
    whole = hashlib.sha256(json.dumps(facts).encode())
    for _, name in work:
        whole.update(json.dumps([name, files.fingerprint(name)]).encode())
    return whole.hexdigest()


def _add_batches(partial: Partial, run: _AllWork) -> None:
    size = _PASSES * run.predictor.batch_size
    first = partial.batches * size
    chunks = chunks_of(run.job, run.files, run.work, size, first)
    left = ceil(max(len(run.work) - first, 0) / size)
    engine = run.engine if isinstance(run.engine, AnyExecutor) else min(run.engine, left)
    done = partial.galaxies + partial.rejected
    with closing(classify_chunks(run.predictor, run.files, chunks, engine)) as results:
        begun = list(islice(results, 1))  # forks before the bar starts its thread
        with tqdm(total=len(run.work), initial=done, unit=" images", disable=None) as bar:
            for batch in chain(begun, results):
                partial.add(batch)
                bar.update(batch.galaxies + len(batch.rejected))


def _write(partial: Partial, catalogue: Catalogue, output: Path) -> None:
    if partial.galaxies:
        whole = replace(catalogue, texts=lambda: _rows(partial), rows=partial.galaxies)
        with atomic(output) as temporary:
            WRITERS[output.suffix](temporary, whole)
    _list(rejected_path(output), "reason", partial.rejected, partial, "rejected")
    _list(warnings_path(output), "warning", partial.suspicious, partial, "suspicious")


def _rows(partial: Partial) -> Iterator[str]:
    with tqdm(total=partial.batches, desc="write", unit=" batches", disable=None, delay=1) as bar:
        for batch in partial:
            yield batch.rows
            bar.update()


def _list(path: Path, column: str, number: int, partial: Partial, kind: str) -> None:
    """List what is told of files, if there is anything; else remove the list of an earlier run."""
    if not number:
        remove(path)
        return
    with atomic(path) as temporary:
        write_told(temporary, column, (told for batch in partial for told in getattr(batch, kind)))


def _tell_suspicious(partial: Partial, place: Destination) -> None:
    if partial.suspicious:
        told = chain.from_iterable(batch.suspicious for batch in partial)
        first = [f"{shorten(name)} {why}" for name, why in islice(told, MOST_NAMED)]
        logger.warning(
            "%s that may be wrong: %s (%s)",
            count(partial.suspicious, "galaxy has an image", "galaxies have images"),
            "; ".join(first) + ("; ..." if partial.suspicious > MOST_NAMED else ""),
            place.said(warnings_path(place.local)),
        )
