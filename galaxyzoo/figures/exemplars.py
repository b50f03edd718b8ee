"""The galaxy that most volunteers gave each answer to, as a grid of images."""

import textwrap
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
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
from galaxyzoo.scoring.highlights import Exemplar
from galaxyzoo.tree import Question, Tree

_TILES_ACROSS = 7  # as many as the longest question of Galaxy Zoo 2 has answers
TILE = 96
_PITCH = (WIDTH - 2 * MARGIN + 22) / _TILES_ACROSS
_ROW = 180
_ABOVE_TILE = 56  # the question's name, and two lines of answer
_LETTERS_PER_LINE = 15  # no answer's line is then wider than its tile
_BELOW = 6


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """An image in the size in which a tile shows it: uint8 [96, 96, 3]."""
    return np.asarray(image.resize((TILE, TILE), Image.Resampling.LANCZOS))


@styled
def draw_exemplars(
    tree: Tree,
    exemplars: list[Exemplar],
    images: Mapping[str, NDArray[np.uint8]],
    galaxies: Galaxies,
    what: str,
) -> Figure:
    """The grid of exemplars, one for each answer, grouped by question.

    `images` has [H, W, 3] of each, by GalaxyID; `what` says in the header which images these are.
    """
    rows = _pack(tree)
    count = galaxies.train + galaxies.test
    figure = new_figure(
        HEADER + _ROW * len(rows) + _BELOW,
        "For each answer, the galaxy with the highest vote fraction",
        f"Out of {count:,} {galaxies.kind} galaxies: {what}.",
        galaxies.rendered,
    )
    by_column = {exemplar.column: exemplar for exemplar in exemplars}
    for row, groups in enumerate(rows):
        top, left = HEADER + _ROW * row, float(MARGIN)
        for group in groups:
            _name_question(figure, tree, group, left, top)
            for answer in group.answers:
                exemplar = by_column[answer.column]
                image = images[exemplar.galaxy_id]
                _draw_tile(figure, left, top + _ABOVE_TILE, answer.text, exemplar, image)
                left += _PITCH
    return figure


def _pack(tree: Tree) -> list[list[Question]]:
    """The questions in rows of at most seven answers; one with more goes on in the next row."""
    rows: list[list[Question]] = [[]]
    for question in tree.questions:
        for first in range(0, len(question.answers), _TILES_ACROSS):
            part = replace(question, answers=question.answers[first : first + _TILES_ACROSS])
            if sum(len(q.answers) for q in [*rows[-1], part]) > _TILES_ACROSS:
                rows.append([])
            rows[-1].append(part)
    return rows


def _name_question(figure: Figure, tree: Tree, question: Question, left: float, top: float) -> None:
    width = (len(question.answers) - 1) * _PITCH + TILE
    add_rule(figure, left, top, width)
    name = question.name.replace("_", " ")
    add_text(figure, left, top + 4, f"Question {tree.number(question)}: {name}", color=FAINT)


def _draw_tile(  # noqa: PLR0913, PLR0917  where, and all that a tile shows
    figure: Figure,
    left: float,
    top: float,
    answer: str,
    exemplar: Exemplar,
    image: NDArray[np.uint8],
) -> None:
    """The image; above it what was answered, below it the column and the fraction."""
    add_image(figure, left, top, TILE, image)
    wrapped = textwrap.fill(answer, _LETTERS_PER_LINE)
    add_text(figure, left, top - 4, wrapped, verticalalignment="bottom")
    add_text(figure, left, top + TILE + 4, exemplar.column, fontsize=SMALL, color=FAINT)
    fraction = f"{exemplar.fraction:.2f}"
    add_text(figure, left + TILE, top + TILE + 4, fraction, horizontalalignment="right")
