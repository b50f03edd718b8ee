"""From dropped files to what the page shows of them, classified as by `galaxyzoo classify`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.base.ids import in_order
from galaxyzoo.base.messages import plain
from galaxyzoo.classify.catalogue import Layout
from galaxyzoo.classify.seeing import see_all, see_file
from galaxyzoo.images.sources import ImagesError, refuse_large
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.predict.rows import label_paths

THUMBNAIL = 424
"""The longest side in pixels of a picture as the page shows it"""

MOST_SHOWN = 30
"""Galaxies that the page shows; the catalogue has all"""

Fractions = NDArray[np.floating]


@dataclass(frozen=True)
class Dropped:
    """A file that somebody dropped."""

    name: str
    content: bytes


@dataclass(frozen=True)
class ShownGalaxy:
    """What the page shows of a picture."""

    name: str
    """That of the file, on one line"""
    picture: Image.Image
    """RGB, of at most `THUMBNAIL` pixels each way"""
    fractions: Fractions
    """[C]: of all volunteers, those who would give each answer"""
    bounds: tuple[Fractions, Fractions] | None
    """The lower and the upper bounds of the intervals, [C] each; None: the model has none"""
    warning: str
    """What may be wrong with the picture; empty if nothing is"""


@dataclass(frozen=True)
class Looked:
    """What came of some files."""

    galaxies: list[ShownGalaxy]
    """The first `MOST_SHOWN`, in the order of the catalogue"""
    number: int
    """Of all galaxies"""
    rejected: list[tuple[str, str]]
    """The name of each file that is no picture which can be used, and why"""
    catalogue: str
    """The CSV that `galaxyzoo classify --catalogue` writes of these files"""


@dataclass(frozen=True)
class _Row:
    name: str
    label: str
    cropped: NDArray[np.uint8]
    odd: str
    picture: Image.Image | None
    """None: one of those that the page doesn't show, and whose picture nobody keeps"""


class Looker:
    """A model that looks at what all visitors of the page drop, for one of them at a time."""

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self._lock = Lock()

    def look(self, files: Sequence[Dropped]) -> Looked:
        """Classify some files; UserError if the network gives what is no number."""
        with self._lock:
            torch.set_num_threads(1)  # as `galaxyzoo classify` computes, to the last digit
            return self._look(files)

    def _look(self, files: Sequence[Dropped]) -> Looked:
        own = self.predictor
        rejected: list[tuple[str, str]] = []
        rows = list(self._read(_in_order(files), rejected))
        layout = Layout(own.tree, described=True, coverage=own.coverage)
        if not rows:
            return Looked([], 0, rejected, layout.header())
        cropped = own.crop.stack([row.cropped for row in rows])
        seen = see_all(own, cropped, [row.odd for row in rows])
        lines = layout.lines(own, [row.label for row in rows], seen)
        shown = [
            _shown(own, row, fractions, warning)
            for row, fractions, warning in zip(rows, seen.fractions, seen.warnings, strict=True)
            if row.picture
        ]
        return Looked(shown, len(rows), rejected, layout.header() + lines)

    def _read(
        self, files: Sequence[tuple[Dropped, str]], rejected: list[tuple[str, str]]
    ) -> Iterator[_Row]:
        left = MOST_SHOWN
        for file, label in files:
            try:
                refuse_large(len(file.content))
                seen = see_file(self.predictor.crop, file.content)
            except ImagesError as error:
                rejected.append((plain(file.name), str(error)))
                continue
            picture = _thumbnail(seen.original) if left else None
            left -= picture is not None
            yield _Row(plain(file.name), label, seen.cropped, seen.odd, picture)


def _in_order(files: Sequence[Dropped]) -> list[tuple[Dropped, str]]:
    """Files in the order of the catalogue, each with what its row begins with."""
    named = dict(zip(_told_apart(files), files, strict=True))
    labels = label_paths(named)
    ordered = in_order(sorted(named), labels.__getitem__)
    return [(Dropped(name, named[name].content), labels[name]) for name in ordered]


def _told_apart(files: Sequence[Dropped]) -> list[str]:
    """The names of files, which may come from different folders: each once."""
    names: dict[str, None] = {}
    for file in files:
        number, name = 1, file.name
        while name in names:
            number += 1
            name = f"{file.name} ({number})"
        names[name] = None
    return list(names)


def _thumbnail(original: Image.Image) -> Image.Image:
    picture = original.copy()
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    return picture


def _shown(own: Predictor, row: _Row, fractions: Fractions, warning: str) -> ShownGalaxy:
    assert row.picture is not None
    bounds = None
    if own.intervals is not None:
        low, high = own.intervals.around(fractions[None])
        bounds = (low[0], high[0])
    return ShownGalaxy(row.name, row.picture, fractions, bounds, warning)
