"""The decision tree of a galaxy, or of many: each branch as wide as its votes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from galaxyzoo.drawing.layout import lay_out
from galaxyzoo.drawing.marks import Branches, Ribbon, Role, TreePicture
from galaxyzoo.figures.style import (
    FAINT,
    HEADER,
    INK,
    MARGIN,
    SMALL,
    WIDTH,
    Galaxies,
    add_axes,
    add_image,
    new_figure,
    place,
    styled,
)
from galaxyzoo.tree import Tree

IMAGE = 140
_LEGEND = 26
_BELOW_IMAGE = 14
_ALPHA = 0.55
_ROLES: dict[Role, dict[str, Any]] = {
    "question": {"color": INK, "fontweight": "bold"},
    "answer": {"color": INK},
    "faint": {"color": FAINT},
}


@styled
def draw_tree(
    tree: Tree,
    sets: Sequence[Branches],
    title: str,
    galaxies: Galaxies,
    image: NDArray[np.uint8] | None = None,
) -> Figure:
    """One or two sets of fractions along the tree, with the galaxy `image` that they are of.

    `image` is [H, H, 3]; None: they are of many galaxies.
    """
    above = 0 if image is None else IMAGE + _BELOW_IMAGE
    picture = lay_out(tree, sets, WIDTH - 2 * MARGIN, above)
    top = HEADER + _LEGEND
    note = "Each branch is as wide as the part of all volunteers who took it."
    figure = new_figure(round(top + picture.height), title, note, galaxies.rendered)
    _explain_inks(figure, sets)
    if image is not None:
        add_image(figure, MARGIN, top, IMAGE, image)
    axes = add_axes(figure, MARGIN, top, picture.width, picture.height)
    axes.set_axis_off()
    axes.set(xlim=(0, picture.width), ylim=(picture.height, 0))
    _draw(axes, picture, [own.ink.light for own in sets])
    return figure


def _explain_inks(figure: Figure, sets: Sequence[Branches]) -> None:
    figure.legend(
        handles=[Patch(color=own.ink.light, alpha=_ALPHA) for own in sets],
        labels=[own.label for own in sets],
        loc="upper left",
        bbox_to_anchor=place(figure, MARGIN, HEADER),
        borderaxespad=0,
        borderpad=0,
        ncols=len(sets),
    )


def _draw(axes: Axes, picture: TreePicture, inks: Sequence[str]) -> None:
    for ribbon in picture.ribbons:
        color = inks[ribbon.owner]
        axes.add_patch(PathPatch(_outline(ribbon), facecolor=color, alpha=_ALPHA, linewidth=0))
    for node in picture.nodes:
        corner = node.left, node.top
        axes.add_patch(Rectangle(corner, node.width, node.height, color=FAINT, linewidth=0))
    for own in picture.words:
        options = _ROLES.get(own.role) or {
            "color": inks[own.owner],
            "fontweight": "bold",
            "horizontalalignment": "right",
        }
        axes.text(own.left, own.base, own.text, fontsize=SMALL, **options)


def _outline(own: Ribbon) -> Outline:
    middle = (own.left + own.bend) / 2
    low, low_there = own.top + own.thick, own.bend_top + own.thick
    corners = [
        (Outline.MOVETO, own.left, own.top),
        (Outline.CURVE4, middle, own.top),
        (Outline.CURVE4, middle, own.bend_top),
        (Outline.CURVE4, own.bend, own.bend_top),
        (Outline.LINETO, own.right, own.bend_top),
        (Outline.LINETO, own.right, low_there),
        (Outline.LINETO, own.bend, low_there),
        (Outline.CURVE4, middle, low_there),
        (Outline.CURVE4, middle, low),
        (Outline.CURVE4, own.left, low),
        (Outline.CLOSEPOLY, own.left, own.top),
    ]
    return Outline([(x, y) for _, x, y in corners], [code for code, _, _ in corners])
