"""The galaxy that most volunteers gave each answer to, as a grid of 37 images."""

import textwrap
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.figures.style import (
    FAINT,
    HEADER,
    MARGIN,
    SMALL,
    WIDTH,
    Galaxies,
    add_image,
    add_rule,
    add_text,
    new_figure,
    styled,
)
from galaxyzoo.tree import ANSWERS, COLUMNS, QUESTIONS, Question

_TILES_ACROSS = 7  # as many as the longest question has answers
TILE = 96
_PITCH = (WIDTH - 2 * MARGIN + 22) / _TILES_ACROSS
_ROW = 180
_ABOVE_TILE = 56  # the question's name, and two lines of answer
_LETTERS_PER_LINE = 15  # no answer's line is then wider than its tile
_BELOW = 6


class Exemplar(NamedTuple):
    """The galaxy with the highest vote fraction for one answer."""

    column: str
    galaxy_id: int
    fraction: float


def find_exemplars(labels: pd.DataFrame) -> list[Exemplar]:
    """For each of the 37 answers the galaxy with the highest vote fraction.

    `labels` holds the 37 columns, indexed by GalaxyID. Among equals the lowest GalaxyID wins.
    """
    ascending = labels.sort_index()[list(COLUMNS)]
    fractions = ascending.to_numpy()
    galaxy_ids = ascending.index.to_numpy()[fractions.argmax(axis=0)]
    return [
        Exemplar(column, int(galaxy_id), float(fraction))
        for column, galaxy_id, fraction in zip(
            COLUMNS, galaxy_ids, fractions.max(axis=0), strict=True
        )
    ]


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """An image in the size in which a tile shows it: uint8 [96, 96, 3]."""
    return np.asarray(image.resize((TILE, TILE), Image.Resampling.LANCZOS))


@styled
def draw_exemplars(
    exemplars: list[Exemplar],
    images: Mapping[int, NDArray[np.uint8]],
    galaxies: Galaxies,
    what: str,
) -> Figure:
    """The grid of exemplars, grouped by question, from `images` [H, W, 3] by GalaxyID.

    `what` says in the header which images these are.
    """
    rows = _pack()
    count = galaxies.train + galaxies.test
    figure = new_figure(
        HEADER + _ROW * len(rows) + _BELOW,
        "For each answer, the galaxy with the highest vote fraction",
        f"Out of {count:,} {galaxies.kind} galaxies: {what}.",
        galaxies.rendered,
    )
    by_column = {exemplar.column: exemplar for exemplar in exemplars}
    for row, questions in enumerate(rows):
        top, left = HEADER + _ROW * row, float(MARGIN)
        for question in questions:
            _name_question(figure, question, left, top)
            for column in question.columns:
                exemplar = by_column[column]
                image = images[exemplar.galaxy_id]
                _draw_tile(figure, left, top + _ABOVE_TILE, exemplar, image)
                left += _PITCH
    return figure


def _pack() -> list[list[Question]]:
    """The questions in rows of at most seven answers."""
    rows: list[list[Question]] = [[]]
    for question in QUESTIONS:
        if sum(len(q.answers) for q in [*rows[-1], question]) > _TILES_ACROSS:
            rows.append([])
        rows[-1].append(question)
    return rows


def _name_question(figure: Figure, question: Question, left: float, top: float) -> None:
    width = (len(question.answers) - 1) * _PITCH + TILE
    add_rule(figure, left, top, width)
    name = question.name.replace("_", " ")
    add_text(figure, left, top + 4, f"Question {question.number}: {name}", color=FAINT)


def _draw_tile(
    figure: Figure, left: float, top: float, exemplar: Exemplar, image: NDArray[np.uint8]
) -> None:
    """The image; above it what was answered, below it the column and the fraction."""
    add_image(figure, left, top, TILE, image)
    answer = textwrap.fill(ANSWERS[exemplar.column], _LETTERS_PER_LINE)
    add_text(figure, left, top - 4, answer, verticalalignment="bottom")
    add_text(figure, left, top + TILE + 4, exemplar.column, fontsize=SMALL, color=FAINT)
    fraction = f"{exemplar.fraction:.2f}"
    add_text(figure, left + TILE, top + TILE + 4, fraction, horizontalalignment="right")
