"""A picture of a tree as SVG, for pages: light or dark as the page's reader likes it."""

from collections.abc import Sequence
from html import escape

from galaxyzoo.drawing.describing import describe
from galaxyzoo.drawing.layout import FONT, WIDTH, lay_out
from galaxyzoo.drawing.marks import Branches, Ink, Node, Ribbon, Words
from galaxyzoo.tree import Tree

_INK = Ink("#1d1f23", "#e8e8e4")
_FAINT = Ink("#5a5f68", "#a5abb5")
_FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_HEAD = 26
"""How high the legend is"""


def tree_svg(tree: Tree, sets: Sequence[Branches], title: str, width: float = WIDTH) -> str:
    """The decision tree of one galaxy, or of many, as an `svg` element that needs nothing else.

    `sets` are one or two sets of fractions, say what was voted and what was predicted; they stand
    side by side. A screen reader gets `title`, and the way that most took. The same inputs give
    the same text. Raises ValueError if a set is not of as many fractions as the tree has columns.

    >>> from galaxyzoo.drawing.marks import predicted
    >>> from galaxyzoo.drawing.svg import tree_svg
    >>> from galaxyzoo.tree import GZ2
    >>> tree_svg(GZ2, [predicted([0.5] * len(GZ2.columns))], "A galaxy")[:22]
    '<svg class="tree" role'
    """
    picture, inks = lay_out(tree, sets, width), [_name(own.ink) for own in sets]
    told = f"{title}. {describe(tree, sets)}"
    size = f'viewBox="0 0 {width:g} {_number(picture.height + _HEAD)}"'
    return "".join([
        f'<svg class="tree" role="img" aria-label="{escape(told)}" {size}',
        ' xmlns="http://www.w3.org/2000/svg">',
        f"<style>{_style(sets)}</style>",
        *_legend(sets),
        f'<g transform="translate(0 {_HEAD})">',
        *(_ribbon(own, inks) for own in picture.ribbons),
        *map(_node, picture.nodes),
        *(_words(own, inks) for own in picture.words),
        "</g></svg>",
    ])  # fmt: skip


def _style(sets: Sequence[Branches]) -> str:
    """Names of classes and variables are of each ink, so that pictures of a page don't mix."""
    inks = {"ink": _INK, "faint": _FAINT} | {_name(own.ink): own.ink for own in sets}
    light = "".join(f".tree .{name}{{fill:{ink.light}}}" for name, ink in inks.items())
    dark = "".join(f".tree .{name}{{fill:{ink.dark}}}" for name, ink in inks.items())
    return (
        f".tree{{font:{FONT}px {_FONT}}}.tree path{{fill-opacity:.55}}"
        ".tree .question{font-weight:600}.tree .number{text-anchor:end;font-weight:600}"
        f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"
    )


def _name(ink: Ink) -> str:
    return f"ink-{ink.light.removeprefix('#')}"


def _legend(sets: Sequence[Branches]) -> list[str]:
    found, left = [], 2.0
    for own in sets:
        name = _name(own.ink)
        found.append(f'<rect class="{name}" x="{left:g}" y="4" width="22" height="9"/>')
        found.append(f'<text class="ink" x="{left + 28:g}" y="13">{escape(own.label)}</text>')
        left += 28 + 7 * len(own.label) + 18
    return found


def _ribbon(own: Ribbon, inks: Sequence[str]) -> str:
    left, bend, right = _number(own.left), _number(own.bend), _number(own.right)
    middle = _number((own.left + own.bend) / 2)
    top, low = _number(own.top), _number(own.top + own.thick)
    to, to_low = _number(own.bend_top), _number(own.bend_top + own.thick)
    there = f"M{left} {top}C{middle} {top} {middle} {to} {bend} {to}"
    straight = "" if right == bend else f"H{right}V{to_low}H{bend}"
    back = f"C{middle} {to_low} {middle} {low} {left} {low}z"
    return f'<path class="{inks[own.owner]}" d="{there}{straight or f"V{to_low}"}{back}"/>'


def _node(own: Node) -> str:
    place = f'x="{_number(own.left)}" y="{_number(own.top)}"'
    return f'<rect class="faint" {place} width="{own.width:g}" height="{_number(own.height)}"/>'


def _words(own: Words, inks: Sequence[str]) -> str:
    kinds = {"question": "ink question", "answer": "ink", "faint": "faint"}
    kind = kinds.get(own.role) or f"number {inks[own.owner]}"
    place = f'x="{_number(own.left)}" y="{_number(own.base)}"'
    return f'<text class="{kind}" {place}>{escape(own.text)}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
