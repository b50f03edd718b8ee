"""What a model file says of itself, checked: somebody else may have written it, or damaged it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted
from galaxyzoo.networks.common.ensemble import MOST_MEMBERS
from galaxyzoo.networks.common.inputs import MOST_PIXELS, PIXEL_DIVISOR
from galaxyzoo.networks.common.weights import ModelInfo
from galaxyzoo.tree import GZ2, ID_COLUMN, LABEL_COLUMNS, LabelColumn, Tree

MOST_BYTES = 1_000_000
"""Of metadata: some 200 times what the tree of Galaxy Zoo 2 takes"""

MOST_QUESTIONS, MOST_ANSWERS, MOST_COLUMNS = 100, 100, 1000
"""Of a tree, of a question, and of all questions"""

_WIDEST = 1_000_000
_LONGEST = 500

OneText = TypeVar("OneText", bound=str)


class MetadataError(UserError):
    """A value is missing, of another kind, or out of its range; the message names it."""


@dataclass(frozen=True)
class Fields:
    """An object of JSON, asked for its values by name and kind; each may raise MetadataError."""

    content: Mapping[str, Any]
    place: str = ""
    """Where it stands, for messages"""

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._get(name)
        if type(value) is not int or not least <= value <= most:  # True is no number here
            self.refuse(name, f"a whole number from {least} to {most}")
        return value

    def number(self, name: str, least: float, most: float) -> float:
        """A number from `least` to `most`."""
        value = self._get(name)
        if not _is_number(value) or not least <= value <= most:
            self.refuse(name, f"a number from {least:g} to {most:g}")
        return float(value)

    def table(self, name: str, rows: int, columns: int, most: float) -> list[list[float]]:
        """Lists of numbers from -`most` to `most`: as many as `rows`, each of so many `columns`."""
        value = self._list(name, rows)
        fits = len(value) == rows and all(
            isinstance(row, list)
            and len(row) == columns
            and all(_is_number(each) and -most <= each <= most for each in row)
            for row in value
        )
        if not fits:
            self.refuse(name, f"{rows} lists of {columns} numbers from -{most:g} to {most:g}")
        return value

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            self.refuse(name, "true or false")
        return value

    def text(self, name: str) -> str:
        value = self._get(name)
        if not _is_text(value):
            self.refuse(name, f"printable text of at most {_LONGEST} characters")
        return str(value)

    def choice(self, name: str, allowed: Sequence[OneText]) -> OneText:
        value = self._get(name)
        if value not in allowed:
            self.refuse(name, f"one of {', '.join(allowed)}")
        return next(own for own in allowed if own == value)

    def texts(self, name: str, most: int) -> list[str]:
        value = self._list(name, most)
        if not all(map(_is_text, value)):
            self.refuse(name, f"a list of at most {most} printable texts")
        return value

    def part(self, name: str) -> "Fields":
        value = self._get(name)
        if not isinstance(value, dict):
            self.refuse(name, "an object")
        return Fields(value, f"{self.place}{name}.")

    def parts(self, name: str, most: int) -> "list[Fields]":
        value = self._list(name, most)
        if not all(isinstance(each, dict) for each in value):
            self.refuse(name, f"a list of at most {most} objects")
        return [Fields(each, f"{self.place}{name}.{n}.") for n, each in enumerate(value)]

    def refuse(self, name: str, expected: str) -> NoReturn:
        raise MetadataError(
            f"{self.place}{name} must be {expected}, got {quoted(_told(self.content[name]))}"
        )

    def _list(self, name: str, most: int) -> list[Any]:
        value = self._get(name)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(name, f"a list of at most {most}")
        return value

    def _get(self, name: str) -> Any:  # noqa: ANN401  a value of JSON
        if name not in self.content:
            raise MetadataError(f"{self.place}{name} is missing")
        return self.content[name]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and value.isprintable()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(value: object) -> object:
    """What a message says of a value: an object or a list by its size alone."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return value


def parse_metadata(text: str) -> Fields:
    """The object that a text of JSON is; MetadataError if it is none."""
    if len(text) > MOST_BYTES:
        raise MetadataError(f"holds {len(text):,} characters; at most {MOST_BYTES:,} are read")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise MetadataError("holds lists or objects too deep in each other") from error
    except ValueError as error:
        raise MetadataError(f"is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise MetadataError("is no object of JSON")
    return Fields(content)


def _refuse_constant(name: str) -> NoReturn:
    raise MetadataError(f"holds {name}, which is no number")


def parse_info(metadata: Fields) -> ModelInfo:
    """What a model file says of its weights.

    Keys that aren't known are passed over: a newer version may have written them.
    """
    width = metadata.whole("width", 1, _WIDEST)
    if metadata.whole("pixel_divisor", 1, _WIDEST) != PIXEL_DIVISOR:
        metadata.refuse("pixel_divisor", str(PIXEL_DIVISOR))
    tree = parse_tree(metadata.part("tree"))
    return ModelInfo(
        network=metadata.text("network"),
        tree=tree,
        crop=metadata.whole("crop", 1, width),
        size=metadata.whole("size", 1, MOST_PIXELS),
        width=width,
        rendered=metadata.flag("rendered"),
        data_digest=metadata.text("data_digest"),
        label_column=_parse_label_column(metadata, tree),
        versions=_parse_versions(metadata.part("versions")),
        architecture=_optional_text(metadata, "architecture"),
        pretrained=_optional_text(metadata, "pretrained"),
        members=_parse_members(metadata),
    )


def _optional_text(metadata: Fields, name: str) -> str | None:
    return metadata.text(name) if metadata.content.get(name) is not None else None


def _parse_members(metadata: Fields) -> int:
    return metadata.whole("members", 1, MOST_MEMBERS) if "members" in metadata.content else 1


def _parse_label_column(metadata: Fields, tree: Tree) -> LabelColumn | None:
    if "label_column" not in metadata.content:
        # the file is from when only the competition's labels were read
        return "kaggle" if tree.columns == GZ2.columns else None
    if metadata.content["label_column"] is None:
        return None
    return metadata.choice("label_column", LABEL_COLUMNS)


def _parse_versions(versions: Fields) -> dict[str, str]:
    if len(versions.content) > MOST_ANSWERS or not all(map(_is_text, versions.content)):
        raise MetadataError(f"versions must be at most {MOST_ANSWERS}, by the packages' names")
    return {name: versions.text(name) for name in versions.content}


def parse_tree(tree: Fields) -> Tree:
    """The decision tree; MetadataError or TreeError if it is none."""
    questions = tree.parts("questions", MOST_QUESTIONS)
    names = {question.text("name") for question in questions}
    if not names.issuperset(tree.texts("described", MOST_QUESTIONS)):
        tree.refuse("described", "names of its questions")
    if sum(map(_check_question, questions)) > MOST_COLUMNS:
        tree.refuse("questions", f"questions with at most {MOST_COLUMNS} answers in all")
    tree.text("name")
    return Tree.from_dict(tree.content)


def _check_question(question: Fields) -> int:
    """How many answers it has."""
    question.text("text")
    after = question.texts("after", MOST_ANSWERS)
    if len(set(after)) < len(after):
        question.refuse("after", "columns, each once")
    answers = question.parts("answers", MOST_ANSWERS)
    if not answers:
        question.refuse("answers", "at least one answer")
    for answer in answers:
        answer.text("text")
        answer.text("words")
        if answer.text("column") in ("", ID_COLUMN):
            answer.refuse("column", f"a name other than {ID_COLUMN}")
    return len(answers)
