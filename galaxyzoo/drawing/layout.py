"""Where everything in a picture of a tree stands.

Questions stand in columns, by how many were answered before; in each column in the order of what
leads to them. A branch goes from its question past the words of the answer, and on to the
questions that follow.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galaxyzoo.drawing.marks import Branches, Node, Ribbon, Role, TreePicture, Words
from galaxyzoo.tree import Question, Tree

WIDTH = 850
FONT = 11
_LINE = 13
_LETTER = 5.8
_BOLD_LETTER = 6.8
"""How wide letters are on average, and somewhat more: fonts differ"""
_EVERYBODY = 60.0
"""How wide all branches are together that everybody takes"""
_HAIR = 0.6
"""The least width of a branch, so that the tree is whole even where nobody went"""
_FEW = 0.05
"""The fraction of volunteers below which an answer is written in a faint colour"""
_NODE = 4
_FAN = 20
_GAP = 36
_BELOW_ROW = 6
_BELOW_BLOCK = 20
_NUMBER = 35
_EDGE = 2


@dataclass
class _Block:
    """A question with its answers, and where its picture begins."""

    question: Question
    title: list[str]
    answers: list[list[str]]
    """The lines of each"""
    thick: list[list[float]]
    """By answer, the width of each set's branch"""
    top: float = 0.0

    @property
    def rows(self) -> list[float]:
        """How high each answer is, with its branches."""
        return [
            len(lines) * _LINE + 4 + sum(thick) + _BELOW_ROW
            for lines, thick in zip(self.answers, self.thick, strict=True)
        ]

    @property
    def head(self) -> float:
        return len(self.title) * _LINE + 6

    @property
    def height(self) -> float:
        return self.head + sum(self.rows) + _BELOW_BLOCK

    @property
    def node_height(self) -> float:
        return sum(map(sum, self.thick))

    @property
    def node_top(self) -> float:
        """The node stands in the middle of what leads away from it."""
        return self.top + self.head + (sum(self.rows) - self.node_height) / 2

    def bars_top(self, place: int) -> float:
        """Where the branches of an answer begin, below its words."""
        lines = len(self.answers[place])
        return self.top + self.head + sum(self.rows[:place]) + lines * _LINE + 4


def lay_out(
    tree: Tree, sets: Sequence[Branches], width: float = WIDTH, above: float = 0
) -> TreePicture:
    """The picture of `tree` with one or two sets of fractions, `width` pixels wide.

    `above` pixels stay free at the top of the first column, for whoever has something to show
    there. Raises ValueError if a set is not of as many fractions as the tree has columns.
    """
    for own in sets:
        if len(own.fractions) != len(tree.columns):
            raise ValueError(f"{own.label}: {len(own.fractions)} fractions of {len(tree.columns)}")
    pitch = (width + _GAP - 2 * _EDGE) / (1 + _deepest(tree))
    columns = _columns(tree, sets, pitch)
    height = max(
        sum(block.height for block in column) + (0 if number else above)
        for number, column in enumerate(columns)
    )
    blocks = _place(tree, columns, height, above)
    ribbons: list[Ribbon] = []
    nodes: list[Node] = []
    words: list[Words] = []
    for block in blocks.values():
        left = _EDGE + tree.depth(block.question) * pitch
        nodes.append(Node(left, block.node_top, _NODE, max(block.node_height, 1)))
        words += _words(block, sets, tree, left, pitch)
        ribbons += _branches(block, left, pitch)
        ribbons += _links(tree, block, blocks, len(sets), pitch)
    return TreePicture(width, height, [own for own in ribbons if own.thick], nodes, words)


def _deepest(tree: Tree) -> int:
    return max(map(tree.depth, tree.questions))


def _columns(tree: Tree, sets: Sequence[Branches], pitch: float) -> list[list[_Block]]:
    """The questions by their depth, those of a column in the order of what leads to them."""
    columns: list[list[_Block]] = []
    order: dict[str, int] = {}
    for depth in range(1 + _deepest(tree)):
        own = [question for question in tree.questions if tree.depth(question) == depth]
        own.sort(key=lambda question: min((order[c] for c in question.after), default=0))
        order |= {column: place for place, column in enumerate(c for q in own for c in q.columns)}
        columns.append([_block(tree, question, sets, pitch) for question in own])
    return columns


def _block(tree: Tree, question: Question, sets: Sequence[Branches], pitch: float) -> _Block:
    room = pitch - _GAP - _FAN
    said = int((room - _NUMBER * len(sets)) / _LETTER)
    everybody = _EVERYBODY / len(sets)
    span = range(tree.span(question).start, tree.span(question).stop)
    return _Block(
        question,
        textwrap.wrap(
            f"{tree.number(question)}. {question.text}", int((pitch - _GAP / 2) / _BOLD_LETTER)
        ),
        [textwrap.wrap(answer.text, max(said, 6)) for answer in question.answers],
        [[_thickness(own.fractions[i], everybody) for own in sets] for i in span],
    )


def _thickness(fraction: float, everybody: float) -> float:
    return 0.0 if math.isnan(fraction) else max(float(fraction) * everybody, _HAIR)


def _place(
    tree: Tree, columns: list[list[_Block]], height: float, above: float
) -> dict[str, _Block]:
    """Give each block its top: near what leads to it, as far as there is room."""
    blocks = {block.question.name: block for column in columns for block in column}
    for number, column in enumerate(columns):
        lowest = 0 if number else above
        for block in column:
            block.top = max(lowest, _wish(tree, block, blocks))
            lowest = block.top + block.height
        floor = height
        for block in reversed(column):
            block.top = min(block.top, floor - block.height)
            floor = block.top
    return blocks


def _wish(tree: Tree, block: _Block, blocks: dict[str, _Block]) -> float:
    """The top at which the node would be level with the branches that lead to it."""
    if not block.question.after:
        return 0
    parent = blocks[tree.asker(block.question.after[0]).name]
    tops = [parent.bars_top(parent.question.columns.index(c)) for c in block.question.after]
    return float(np.mean(tops)) - (block.node_top - block.top)


def _words(
    block: _Block, sets: Sequence[Branches], tree: Tree, left: float, pitch: float
) -> list[Words]:
    lines = [
        Words(left, block.top + _LINE * number, line, "question")
        for number, line in enumerate(block.title, start=1)
    ]
    right = left + pitch - _GAP
    for place, answer in enumerate(block.question.answers):
        base = block.bars_top(place) - 4 - _LINE * (len(block.answers[place]) - 1)
        own = [branches.fractions[tree.columns.index(answer.column)] for branches in sets]
        role: Role = "answer" if np.nanmax([0.0, *own]) >= _FEW else "faint"
        lines += [
            Words(left + _FAN, base + _LINE * number, line, role)
            for number, line in enumerate(block.answers[place])
        ]
        lines += [
            Words(
                right - _NUMBER * (len(sets) - 1 - owner),
                base,
                _percent(own[owner]),
                "number",
                owner,
            )
            for owner in range(len(sets))
        ]
    return lines


def _percent(fraction: float) -> str:
    return "?" if math.isnan(fraction) else f"{fraction:.0%}"


def _branches(block: _Block, left: float, pitch: float) -> list[Ribbon]:
    """From the node to each answer, and below its words to the end of the column."""
    found: list[Ribbon] = []
    leaving, bend = block.node_top, left + _FAN
    for place, thick in enumerate(block.thick):
        top = block.bars_top(place)
        for owner, own in enumerate(thick):
            found.append(Ribbon(left + _NODE, leaving, bend, top, left + pitch - _GAP, own, owner))
            leaving += own
            top += own
    return found


def _links(
    tree: Tree, block: _Block, blocks: dict[str, _Block], sets: int, pitch: float
) -> list[Ribbon]:
    """From the answers that lead to a question to its node: one after the other, set by set."""
    if not block.question.after:
        return []
    parent = blocks[tree.asker(block.question.after[0]).name]
    left = _EDGE + tree.depth(parent.question) * pitch + pitch - _GAP
    right = _EDGE + tree.depth(block.question) * pitch
    found: list[Ribbon] = []
    arriving = block.node_top
    for owner in range(sets):
        for column in block.question.after:
            place = parent.question.columns.index(column)
            thick = parent.thick[place]
            start = parent.bars_top(place) + sum(thick[:owner])
            found.append(Ribbon(left, start, right, arriving, right, thick[owner], owner))
            arriving += thick[owner]
    return found
