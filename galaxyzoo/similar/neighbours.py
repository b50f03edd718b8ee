"""The nearest images, looked at once more: their pictures, and what the model says of them."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base.messages import some
from galaxyzoo.classify.seeing import see_all, see_file
from galaxyzoo.images.cropping import crop_center, part_of_width
from galaxyzoo.images.sources import Files
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.predict.words import describe, likely_answers
from galaxyzoo.report.pictures import shrink
from galaxyzoo.similar.query import Query

Candidate = tuple[str, str, float]
"""An image's name, as `label` calls it, its file, and its distance"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """One image, as a page shows it."""

    picture: Image.Image
    """The part that the model looks at, small, but finer than it sees it"""
    pixels: NDArray[np.uint8]
    """[S, S, 3]: as the model sees it"""
    warning: str
    """What is odd about it by itself; empty if nothing is"""


@dataclass(frozen=True)
class Described:
    """What a model says of an image."""

    words: str
    warning: str
    """What is odd about the image; empty if nothing is"""
    features: NDArray[np.float32]
    """[D]"""


@dataclass(frozen=True)
class Neighbour:
    """An image that is like the one asked about."""

    name: str
    """As `label` calls it"""
    file: str
    distance: float
    picture: Image.Image
    described: Described


def look_at(predictor: Predictor, content: bytes) -> Look:
    """What a file shows; ImagesError if it holds no image that can be used."""
    seen = see_file(predictor.crop, content)
    part = part_of_width(seen.original, predictor.crop.fraction)
    return Look(shrink(crop_center(seen.original, part)), seen.cropped, seen.odd)


def describe_all(predictor: Predictor, looks: Sequence[Look]) -> list[Described]:
    cropped = predictor.crop.stack([own.pixels for own in looks])
    seen = see_all(predictor, cropped, [own.warning for own in looks])
    words = [
        describe(predictor.tree, likely_answers(predictor.tree, own)) for own in seen.fractions
    ]
    return list(map(Described, words, seen.warnings, seen.features))


def meet(
    predictor: Predictor,
    files: Files,
    ordered: Iterable[Candidate],
    query: Query,
    number: int,
) -> list[Neighbour]:
    """The first `number` of some images, which come nearest first.

    The image asked about is none of its own neighbours, which a line tells: not the file that was
    named, nor any of the same bytes.
    """
    own: list[str] = []
    found = list(islice(_others(files, ordered, query, own), number))
    if own:
        logger.info("left out, as the query's own: %s", some(own))
    if not found:
        return []
    looks = [look_at(predictor, content) for _, content in found]
    described = describe_all(predictor, looks)
    return [
        Neighbour(*candidate, look.picture, said)
        for (candidate, _), look, said in zip(found, looks, described, strict=True)
    ]


def _others(
    files: Files, ordered: Iterable[Candidate], query: Query, own: list[str]
) -> Iterator[tuple[Candidate, bytes]]:
    """With their contents, all but what is the query's own, whose files are added to `own`."""
    for each in ordered:
        content = files.read(each[1])
        if each[1] == query.file or content == query.content:
            own.append(each[1])
        else:
            yield each, content
