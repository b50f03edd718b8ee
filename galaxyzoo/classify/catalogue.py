"""The catalogue: a row of CSV for each galaxy, as Kaggle or as astronomers read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.messages import plain
from galaxyzoo.predict.words import LikelyAnswer, describe, likely_answers
from galaxyzoo.tree import ID_COLUMN, Tree

ColumnType = Literal["text", "float"]

# 9 digits, as in Kaggle's files: enough to get the same float32 back
_FRACTION = "%.9g"


@dataclass(frozen=True)
class Layout:
    """Which columns a catalogue has."""

    tree: Tree
    """Whose answers have a column each"""
    described: bool
    """With the answers on the way down the tree, their fractions, a description and a warning"""

    def columns(self) -> dict[str, ColumnType]:
        """The type of each column, by its name, in order."""
        columns: dict[str, ColumnType] = {ID_COLUMN: "text"}
        columns |= dict.fromkeys(self.tree.columns, "float")
        if self.described:
            for question in self.tree.questions:
                columns |= {question.name: "text", f"{question.name}_fraction": "float"}
            columns |= {"description": "text", "warning": "text"}
        return columns

    def header(self) -> str:
        return ",".join(self.columns()) + "\n"

    def rows(
        self, names: Sequence[str], fractions: NDArray[np.float32], warnings: Sequence[str]
    ) -> str:
        """The lines of some galaxies: GalaxyIDs or names, fractions [N, columns], and warnings."""
        cells = ",".join([_FRACTION] * len(self.tree.columns))
        return "".join(
            f"{_cell(name)},{cells % tuple(row.tolist())}{self._description(row, warning)}\n"
            for name, row, warning in zip(names, fractions, warnings, strict=True)
        )

    def _description(self, row: NDArray[np.float32], warning: str) -> str:
        if not self.described:
            return ""
        answers = likely_answers(self.tree, row)
        cells = ",".join(_answer_cells(self.tree, answers))
        return f",{cells},{_cell(describe(self.tree, answers))},{_cell(warning)}"


def _answer_cells(tree: Tree, answers: Sequence[LikelyAnswer]) -> Iterator[str]:
    """Answer and fraction of each question; empty where it does not apply."""
    by_question = {answer.question.name: answer for answer in answers}
    for question in tree.questions:
        answer = by_question.get(question.name)
        if answer is None:
            yield ","
        else:
            yield f"{_cell(question.answers[answer.index].text)},{answer.fraction:.6f}"


def _cell(text: str) -> str:
    """A cell of a CSV (RFC 4180), on one line: see `plain`."""
    text = plain(text)
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
