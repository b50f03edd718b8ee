"""The rows of a catalogue: a line of CSV for each galaxy, as Kaggle or as astronomers read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.messages import plain
from galaxyzoo.classify.columns import ColumnSet, Heading, headings, numbers
from galaxyzoo.predict.predictor import Outlook, Predictor
from galaxyzoo.predict.words import LikelyAnswer, describe, likely_answers
from galaxyzoo.tree import ID_COLUMN, Question, Tree

# 9 digits, as in Kaggle's files: enough to get the same float32 back
_FRACTION = "%.9g"


@dataclass(frozen=True)
class Layout:
    """Which columns a catalogue has."""

    tree: Tree
    """Whose answers have a column each"""
    described: bool
    """With the answers on the way down the tree, their fractions, a description and a warning"""
    columns: ColumnSet = "kaggle"
    """What the fractions are of, and what their columns are called"""
    coverage: float | None = None
    """That of the intervals whose bounds stand behind each fraction; None: there are none"""

    def headings(self) -> list[Heading]:
        """What stands above each column, in order."""
        found = [Heading(ID_COLUMN, "text", "GalaxyID, or the name of the image")]
        found += headings(self.tree, self.columns, self.coverage)
        if self.described:
            found += [each for own in self.tree.questions for each in _answer_headings(own)]
            found += [
                Heading("description", "text", "the galaxy in a few words"),
                Heading("warning", "text", "what may be wrong with the image; empty if nothing is"),
            ]
        return found

    def header(self) -> str:
        return ",".join(cell(heading.name) for heading in self.headings()) + "\n"

    def lines(self, predictor: Predictor, names: Sequence[str], seen: Outlook) -> str:
        """The lines of some galaxies, as a model sees them."""
        bounded = None if self.coverage is None else predictor.with_bounds(seen.fractions)
        return self.rows(names, seen.fractions, seen.warnings, bounded)

    def rows(
        self,
        names: Sequence[str],
        fractions: NDArray[np.float32],
        warnings: Sequence[str],
        bounded: NDArray[np.float32] | None = None,
    ) -> str:
        """The lines of some galaxies: GalaxyIDs or names, fractions [N, C], and warnings.

        Where there is a `coverage`, `bounded` are the fractions with their bounds, [N, 3 C].
        """
        assert (bounded is None) == (self.coverage is None)
        own = numbers(self.tree, self.columns, fractions) if bounded is None else bounded
        cells = ",".join([_FRACTION] * own.shape[1])
        return "".join(
            f"{cell(name)},{(cells % tuple(shown)).replace('nan', '')}"
            f"{self._description(row, warning)}\n"
            for name, shown, row, warning in zip(
                names, own.tolist(), fractions, warnings, strict=True
            )
        )

    def _description(self, row: NDArray[np.float32], warning: str) -> str:
        if not self.described:
            return ""
        answers = likely_answers(self.tree, row)
        cells = ",".join(_answer_cells(self.tree, answers))
        return f",{cells},{cell(describe(self.tree, answers))},{cell(warning)}"


def _answer_headings(question: Question) -> list[Heading]:
    most = f'most likely answer to "{question.text}"'
    return [
        Heading(question.name, "text", f"{most}; empty if it is not asked of such a galaxy"),
        Heading(f"{question.name}_fraction", "float", f"fraction of those who are asked: {most}"),
    ]


def _answer_cells(tree: Tree, answers: Sequence[LikelyAnswer]) -> Iterator[str]:
    """Answer and fraction of each question; empty where it does not apply."""
    by_question = {answer.question.name: answer for answer in answers}
    for question in tree.questions:
        answer = by_question.get(question.name)
        if answer is None:
            yield ","
        else:
            yield f"{cell(question.answers[answer.index].text)},{answer.fraction:.6f}"


def cell(text: str) -> str:
    """A cell of a CSV (RFC 4180), on one line: see `plain`."""
    text = plain(text)
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
