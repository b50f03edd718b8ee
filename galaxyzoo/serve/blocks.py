"""The HTML of the page: what it shows of a galaxy. No script, and nothing loaded from elsewhere."""

import base64
from collections.abc import Iterable, Iterator
from html import escape
from io import BytesIO

from PIL import Image

from galaxyzoo.drawing.marks import predicted
from galaxyzoo.drawing.svg import tree_svg
from galaxyzoo.predict.words import describe, likely_answers
from galaxyzoo.serve.looking import ShownGalaxy
from galaxyzoo.tree import Question, Tree

STYLE = """<style>
.galaxy { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; align-items: flex-start; }
.galaxy figure { margin: 0; position: relative; width: 14rem; }
.galaxy figure img { display: block; width: 100%; }
.galaxy .looked-at { position: absolute; border: 1px dashed #fff; outline: 1px dashed #000; }
.galaxy .said { flex: 1 1 20rem; min-width: 0; max-width: 55rem; overflow-wrap: anywhere; }
.galaxy .said h2 { margin: 0; padding: 0; font-size: 1.4rem; }
.galaxy .scroll { overflow-x: auto; }
.galaxy .tree { display: block; width: 100%; min-width: 40rem; height: auto; }
.galaxy table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.galaxy th, .galaxy td { text-align: left; padding: 0.2rem 0.6rem 0.2rem 0; vertical-align: top; }
.galaxy tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.galaxy .number, .galaxy .percent { text-align: right; white-space: nowrap; }
.galaxy .bar { position: relative; min-width: 6rem; width: 30%; }
.galaxy .bar i { position: absolute; top: 0.45rem; height: 0.9rem; }
.galaxy .band { background: color-mix(in srgb, currentColor 25%, transparent); }
.galaxy .mark { width: 3px; margin-left: -1px; background: #0072b2; outline: 1px solid #fff; }
@media (prefers-color-scheme: dark) { .galaxy .tree { color-scheme: dark; } }
</style>"""
"""Once on the page. Colours follow the page's own, light or dark."""


def block(tree: Tree, galaxy: ShownGalaxy, kept: float, coverage: float | None) -> str:
    """A galaxy: its picture, a description, the tree, and the answers with their intervals.

    `kept` is the part of the picture's width that the network looks at; `coverage` is that of the
    intervals, if there are any.
    """
    said = describe(tree, likely_answers(tree, galaxy.fractions)) or "nothing to describe"
    every = _table(_all_rows(tree, galaxy), coverage)
    return (
        f'<div class="galaxy"><figure>{_picture(galaxy, kept)}</figure><div class="said">'
        f"<h2>{escape(galaxy.name)}</h2><p>{escape(said)}</p>"
        f'<div class="scroll" tabindex="0">{_tree(tree, galaxy, said)}</div>'
        f"{_table(_likely_rows(tree, galaxy), coverage)}"
        f"<details><summary>All {len(tree.columns)} answers</summary>{every}</details></div></div>"
    )


def literal(text: str) -> str:
    """Markdown that shows `text` as it stands, whatever signs a file's name has."""
    return "".join(f"\\{sign}" if _is_sign(sign) else sign for sign in text)


def _is_sign(character: str) -> bool:
    return character.isascii() and not character.isalnum() and not character.isspace()


def _picture(galaxy: ShownGalaxy, kept: float) -> str:
    """With a frame around what the network looks at: a square in the centre."""
    width, height = galaxy.picture.size
    side = kept * min(width, height)
    across, down = side / width, side / height
    place = (
        f"left:{(1 - across) / 2:.2%};top:{(1 - down) / 2:.2%};width:{across:.2%};height:{down:.2%}"
    )
    shown = f'<img src="{_jpeg(galaxy.picture)}" alt="{escape(galaxy.name)}">'
    return f'{shown}<div class="looked-at" style="{place}"></div>'


def _tree(tree: Tree, galaxy: ShownGalaxy, said: str) -> str:
    """As an image: Streamlit lets no SVG through that is part of a page."""
    drawn = tree_svg(tree, [predicted(galaxy.fractions.tolist())], galaxy.name)
    place = _inline(drawn.encode(), "svg+xml")
    return f'<img class="tree" src="{place}" alt="The tree of answers: {escape(said)}">'


def _jpeg(picture: Image.Image) -> str:
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return _inline(file.getvalue(), "jpeg")


def _inline(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _likely_rows(tree: Tree, galaxy: ShownGalaxy) -> Iterator[str]:
    for answer in likely_answers(tree, galaxy.fractions):
        asked = f"<small>{escape(answer.question.text)}</small><br>"
        yield _row(tree, galaxy, answer.question, answer.index, asked)


def _all_rows(tree: Tree, galaxy: ShownGalaxy) -> Iterator[str]:
    for question in tree.questions:
        yield f'<tr><th colspan="4">{escape(question.text)}</th></tr>'
        for index in range(len(question.answers)):
            yield _row(tree, galaxy, question, index)


def _row(tree: Tree, galaxy: ShownGalaxy, question: Question, index: int, asked: str = "") -> str:
    place = tree.span(question).start + index
    text = escape(question.answers[index].text)
    fraction = float(galaxy.fractions[place])
    cells = f'<td>{asked}{text}</td><td class="number">{fraction:.0%}</td>'
    if galaxy.bounds is not None:
        low, high = (float(own[place]) for own in galaxy.bounds)
        cells += f'<td class="number">{100 * low:.0f} to {high:.0%}</td>'
        cells += f'<td class="bar" aria-hidden="true">{_bar(fraction, low, high)}</td>'
    return f"<tr>{cells}</tr>"


def _bar(fraction: float, low: float, high: float) -> str:
    return (
        f'<i class="band" style="left:{low:.1%};width:{high - low:.1%}"></i>'
        f'<i class="mark" style="left:{fraction:.1%}"></i>'
    )


def _table(rows: Iterable[str], coverage: float | None) -> str:
    head = '<th>Answer</th><th class="percent">Of all</th>'
    if coverage is not None:
        head += f'<th class="percent">{coverage:.0%} interval</th><td></td>'
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
