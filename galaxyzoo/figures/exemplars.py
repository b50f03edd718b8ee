"""A galaxy that shows each answer, as a grid of images."""

import textwrap
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.figures.style import (
    BAND,
    FAINT,
    HEADER,
    MARGIN,
    NOT_KNOWN,
    SMALL,
    WIDTH,
    Galaxies,
    add_axes,
    add_image,
    add_rule,
    add_text,
    new_figure,
    styled,
)
from galaxyzoo.scoring.exemplars import Exemplar
from galaxyzoo.tree import Answer, Question, Tree

_CHOSEN = "Of the dozen with the highest fractions, the one with the most to see; none twice."
_TILES_ACROSS = 7  # as many as the longest question of Galaxy Zoo 2 has answers
TILE = 96
_PITCH = (WIDTH - 2 * MARGIN + 22) / _TILES_ACROSS
_ROW = 180
_ABOVE_TILE = 56  # the question's name, and two lines of answer
_LETTERS_PER_LINE = 15  # no answer's line is then wider than its tile
_BELOW = 6
_TOP = HEADER + 14


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

    An answer that is known of no galaxy has none: its tile is empty, and says so. `images` has
    [H, W, 3] of each, by GalaxyID; `what` says in the header which images these are.
    """
    rows = _pack(tree)
    figure = new_figure(
        _TOP + _ROW * len(rows) + _BELOW,
        "For each answer, a galaxy that shows it",
        f"Out of {galaxies.everybody:,} {galaxies.kind} galaxies: {what}.\n{_CHOSEN}",
        galaxies.rendered,
    )
    by_column = {exemplar.column: exemplar for exemplar in exemplars}
    for row, groups in enumerate(rows):
        top, left = _TOP + _ROW * row, float(MARGIN)
        for group in groups:
            _name_question(figure, tree, group, left, top)
            for answer in group.answers:
                _name_answer(figure, left, top + _ABOVE_TILE, answer)
                exemplar = by_column.get(answer.column)
                if exemplar is None:
                    _draw_no_tile(figure, left, top + _ABOVE_TILE)
                else:
                    image = images[exemplar.galaxy_id]
                    _draw_tile(figure, left, top + _ABOVE_TILE, exemplar, image)
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


def _name_answer(figure: Figure, left: float, top: float, answer: Answer) -> None:
    """What was answered, above a tile, and below it the column."""
    wrapped = textwrap.fill(answer.text, _LETTERS_PER_LINE)
    add_text(figure, left, top - 4, wrapped, verticalalignment="bottom")
    add_text(figure, left, top + TILE + 4, answer.column, fontsize=SMALL, color=FAINT)


def _draw_tile(
    figure: Figure, left: float, top: float, exemplar: Exemplar, image: NDArray[np.uint8]
) -> None:
    """The image, and below it the fraction."""
    add_image(figure, left, top, TILE, image)
    fraction = f"{exemplar.fraction:.2f}"
    add_text(figure, left + TILE, top + TILE + 4, fraction, horizontalalignment="right")


def _draw_no_tile(figure: Figure, left: float, top: float) -> None:
    axes = add_axes(figure, left, top, TILE, TILE)
    axes.set_axis_off()
    axes.add_patch(Rectangle((0, 0), 1, 1, color=BAND))
    middle = {"horizontalalignment": "center", "verticalalignment": "center"}
    add_text(figure, left + TILE / 2, top + TILE / 2, NOT_KNOWN, color=FAINT, **middle)
