"""Many images to one catalogue: in constant memory, and resuming after an interruption."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from tqdm import tqdm

from galaxyzoo.base.files import atomic, remove
from galaxyzoo.base.messages import MOST_NAMED, count, shorten
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.columns import ColumnSet, tree_with
from galaxyzoo.classify.destination import (
    Destination,
    destination,
    rejected_path,
    warnings_path,
)
from galaxyzoo.classify.identity import facts_of
from galaxyzoo.classify.partial import Partial
from galaxyzoo.classify.scale import tell_scale
from galaxyzoo.classify.targets import beside, read_targets, tell_unmatched
from galaxyzoo.classify.whole import Catalogue
from galaxyzoo.classify.working import (
    AllWork,
    ClassifyError,
    engine_for,
    job_of,
    list_told,
    one_thread,
    tell_model,
)
from galaxyzoo.classify.writing import WRITERS, check_columns_of, check_output, fitted
from galaxyzoo.images.sources import survey
from galaxyzoo.predict.load_options import AS_THE_FILE_SAYS, LoadOptions
from galaxyzoo.predict.predictor import Predictor, load_model
from galaxyzoo.predict.rows import Entry, label
from galaxyzoo.processes.engines import AnyExecutor
from galaxyzoo.remote.opening import open_anywhere

logger = logging.getLogger(__name__)


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
    with engine_for(options.workers, options.executor, options.cluster) as engine, one_thread():
        return _classify(images, model, place, options, engine)


def _classify(
    images: Path | str,
    model: Path | None,
    place: Destination,
    options: Options,
    engine: int | AnyExecutor,
) -> Outcome:
    predictor = load_model(model, _with_intervals(options))
    tell_model(predictor, named=model is not None)
    tell_scale(predictor, images, options.load.crop)
    files = open_anywhere(images)
    found = survey(files)
    work = label(files, found)
    tree = tree_with(options.columns, predictor.tree)
    layout = Layout(tree, options.described, options.columns, predictor.coverage)
    catalogue = _catalogue(predictor, layout, options, place.local, work)
    job = job_of(model, predictor, layout, options.load)
    run = AllWork(job, files, work, predictor, engine)
    with Partial(place.partial, run.identity()) as partial:
        run.add_to(partial)
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


def _check_table(options: Options, output: Path) -> None:
    if options.table is None and options.id_column is not None:
        raise ClassifyError("id: names a column of the table, and there is no table")
    given = [path for path in (options.table, output) if path is not None and path.exists()]
    if len(given) == 2 and output.samefile(given[0]):
        raise ClassifyError(f"{output}: is the table; name another output")


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


def _write(partial: Partial, catalogue: Catalogue, output: Path) -> None:
    if partial.galaxies:
        whole = replace(catalogue, texts=lambda: _rows(partial), rows=partial.galaxies)
        with atomic(output) as temporary:
            WRITERS[output.suffix](temporary, whole)
    list_told(rejected_path(output), "reason", partial.rejected, partial, "rejected")
    list_told(warnings_path(output), "warning", partial.suspicious, partial, "suspicious")


def _rows(partial: Partial) -> Iterator[str]:
    with tqdm(total=partial.batches, desc="write", unit=" batches", disable=None, delay=1) as bar:
        for batch in partial:
            yield batch.rows
            bar.update()


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
