"""From one image and many others to those that are most like it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, remove
from galaxyzoo.base.messages import count, quoted
from galaxyzoo.classify.destination import Destination, destination, rejected_path
from galaxyzoo.classify.partial import Partial, is_partial
from galaxyzoo.classify.scale import tell_scale
from galaxyzoo.classify.working import (
    AllWork,
    engine_for,
    job_of,
    list_told,
    one_thread,
    tell_model,
)
from galaxyzoo.classify.writing import WRITERS, check_output
from galaxyzoo.images.sources import ImagesError, survey
from galaxyzoo.predict.load_options import AS_THE_FILE_SAYS, LoadOptions
from galaxyzoo.predict.predictor import Predictor, load_model
from galaxyzoo.predict.rows import label
from galaxyzoo.remote.opening import open_anywhere
from galaxyzoo.similar.features import Collection, FeatureLines, collect
from galaxyzoo.similar.neighbours import Candidate, Described, Look, describe_all, look_at, meet
from galaxyzoo.similar.page import Nearest, render
from galaxyzoo.similar.query import Query, QueryError, find_query
from galaxyzoo.similar.search import distances, nearest_first
from galaxyzoo.similar.table import as_table

logger = logging.getLogger(__name__)

PAGE = ".html"


@dataclass(frozen=True)
class SimilarOptions:
    """How to search."""

    load: LoadOptions = AS_THE_FILE_SAYS
    number: int = 24
    """How many neighbours to find, at most"""
    index: Path | None = None
    """A file that keeps what the network has seen of the images; None: nothing does"""
    workers: int | None = None
    """As in `galaxyzoo.classify.run.Options`"""
    work: Path = Path()
    """The folder of what is done so far, where the first output goes to a URL"""


@dataclass(frozen=True)
class SimilarOutcome:
    neighbours: int
    galaxies: int
    """How many were searched, with the query itself, where it is one of them"""
    rejected: int


def find_similar(
    query: str,
    images: Path | str,
    model: Path | None,
    outputs: Sequence[Path | str],
    options: SimilarOptions,
) -> SimilarOutcome:
    """Find the images that are most like the one `query` (see `find_query`), and write them.

    `images` are as `open_anywhere` takes them. Each of `outputs` is written as its name ends: .html
    is a page of pictures, others are tables, as of `classify`. Files that are no galaxies are
    listed in `rejected_path` of the first. What is done stands in ``<output>.partial`` until all
    is, and the same call resumes from there. With `options.index` it stands in that file, which is
    kept, and from which the next call takes it, with the same images, model and options. Without a
    `model`, it is that of the sky. Raises UserError for what can't be used.
    """
    places = [destination(output, options.work) for output in outputs]
    for place in places:
        check_output(place.local, place.said(place.local), PAGE)
    _check_index(options.index, places)
    for place in places:
        place.check()
    with engine_for(options.workers) as engine, one_thread():
        predictor = load_model(model, replace(options.load, intervals=False))
        tell_model(predictor, named=model is not None)
        tell_scale(predictor, images, options.load.crop)
        files = open_anywhere(images)
        found = survey(files)
        entries = label(files, found)
        asked = _ask(predictor, find_query(query, files, entries))
        job = job_of(model, predictor, FeatureLines(), options.load)
        run = AllWork(job, files, entries, predictor, engine)
        outcome = _search(run, asked, places, options)
    if found.others:
        logger.warning("%s", found.left_out())
    return outcome


def _check_index(index: Path | None, places: Sequence[Destination]) -> None:
    if index is None:
        return
    if index.absolute() in {place.local.absolute() for place in places}:
        raise UserError(f"{index}: can't be the output and the index; name another file")
    if not is_partial(index):
        raise UserError(f"{index}: is there, and is no index; name another file")


@dataclass(frozen=True)
class _Asked:
    """The query, and what the model sees in it."""

    query: Query
    look: Look
    described: Described


def _ask(predictor: Predictor, query: Query) -> _Asked:
    try:
        look = look_at(predictor, query.content)
    except ImagesError as error:
        raise QueryError(f"the query, {quoted(query.name)}: {error}") from error
    (described,) = describe_all(predictor, [look])
    if described.warning:
        logger.warning("the query, %s: %s", query.name, described.warning)
    return _Asked(query, look, described)


def _search(
    run: AllWork, asked: _Asked, places: Sequence[Destination], options: SimilarOptions
) -> SimilarOutcome:
    kept, keeps = options.index or places[0].partial, options.index is not None
    with Partial(kept, run.identity(), keeps) as partial:
        run.add_to(partial)
        list_told(rejected_path(places[0].local), "reason", partial.rejected, partial, "rejected")
        nearest = _nearest(run, asked, partial, options.number)
        if nearest.neighbours:
            _write(run.predictor, nearest, places)
        if not keeps:
            remove(partial.path)
    _tell_few(nearest, options.number, partial.rejected, places[0])
    return SimilarOutcome(len(nearest.neighbours), partial.galaxies, partial.rejected)


def _nearest(run: AllWork, asked: _Asked, partial: Partial, number: int) -> Nearest:
    collection = collect(partial, partial.galaxies, len(asked.described.features))
    away = distances(collection.features, asked.described.features)
    ordered = _candidates(collection, away, dict(run.entries))
    return Nearest(
        asked.query.name,
        asked.look,
        asked.described,
        meet(run.predictor, run.files, ordered, asked.query, number),
        usual=float(np.median(away)) if len(away) else 0.0,
        galaxies=partial.galaxies,
        images=str(run.files.path),
        model=run.predictor.about(),
    )


def _candidates(
    collection: Collection, away: NDArray[np.float32], files: Mapping[str, str]
) -> Iterator[Candidate]:
    """All images, nearest first."""
    for place in nearest_first(away):
        name = collection.names[place]
        yield name, files[name], float(away[place])


def _write(predictor: Predictor, nearest: Nearest, places: Sequence[Destination]) -> None:
    table = as_table(predictor, nearest.query, nearest.neighbours)
    for place in places:
        with atomic(place.local) as temporary:
            if place.local.suffix == PAGE:
                temporary.write_text(render(nearest), encoding="utf-8")
            else:
                WRITERS[place.local.suffix](temporary, table)
    for place in places:
        place.deliver()


def _tell_few(nearest: Nearest, number: int, rejected: int, place: Destination) -> None:
    """Say that there are fewer than were asked for; UserError if there is none."""
    there = len(nearest.neighbours)
    if there < number:
        others = count(there, "other galaxy", "other galaxies") if there else "no other galaxy"
        told = f"{nearest.images}: holds {others} than the query"
        if rejected:
            listed = place.said(rejected_path(place.local))
            told += f"; {count(rejected, 'file')} rejected ({listed})"
        if not there:
            raise UserError(told)
        logger.warning("%s; %d were asked for", told, number)
