"""YAML as params.yaml needs it: plain values, each key once, and a line for whatever is wrong."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count, listing, plain, quoted, shorten

MOST_BYTES = 100_000
MOST_VALUES = 10_000
"""Also where aliases are written out, of which a few lines can make billions"""

MOST_DEPTH = 20
MOST_DIGITS = 100

_TAG = "tag:yaml.org,2002:"
_NUMBERS = (f"{_TAG}int", f"{_TAG}float")
_TAGS = (*_NUMBERS, *(f"{_TAG}{kind}" for kind in ("null", "bool", "str", "seq", "map", "merge")))


class YamlFileError(UserError):
    """A file isn't there, isn't YAML, or holds what is no plain value; the message has the line."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2 floats: DVC reads 1e-3 as a number, PyYAML by itself as a string."""


_Loader.add_implicit_resolver(
    f"{_TAG}float",
    re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


class _LineError(Exception):
    """What is wrong, and on which line; None where that isn't known."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_mapping(path: Path) -> dict[str, Any]:
    """The keys and values at the top of a YAML file; YamlFileError if it can't be used.

    No tag makes an object of anything, a key comes once, and the file's size is bounded.
    """
    try:
        return _parse(_read_text(path))
    except _LineError as error:
        line = f"line {error.line}: " if error.line else ""
        raise YamlFileError(f"{plain(path)}: {line}{error}") from error


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise YamlFileError(f"{plain(path)}: no such file; run from the top folder of the project")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise YamlFileError(f"{plain(path)}: can't be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise YamlFileError(f"{plain(path)}: has more than {MOST_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise _LineError(line, f"the byte 0x{byte:02x} is not UTF-8; save it as UTF-8") from error


def _parse(text: str) -> dict[str, Any]:
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, MappingNode):
            raise _LineError(None, "expected sections such as 'data:'")
        _check_nodes(loader, root)
        content: dict[str, Any] = loader.construct_document(root)
    except RecursionError as error:
        raise _LineError(None, f"goes more than {MOST_DEPTH} deep") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _LineError(mark.line + 1 if mark else None, _say(str(error.problem))) from error
    except yaml.YAMLError as error:  # of its reader: what no text holds
        character = quoted(chr(getattr(error, "character", 0)))
        place = getattr(error, "position", 0)
        line = text.count("\n", 0, place) + 1
        raise _LineError(line, f"holds the character {character}") from error
    return content


def _say(problem: str) -> str:
    if "'\\t'" in problem:
        return "a tab; indent with spaces"
    return f"not valid YAML: {shorten(problem)}"


def _check_nodes(loader: _Loader, root: MappingNode) -> None:
    """Raise _LineError for the first thing that isn't plain."""
    for number, (node, depth) in enumerate(_walk(root)):
        line = node.start_mark.line + 1
        if number >= MOST_VALUES:
            raise _LineError(line, f"more than {MOST_VALUES:,} values, with aliases written out")
        if depth > MOST_DEPTH:
            raise _LineError(line, f"goes more than {MOST_DEPTH} deep")
        if node.tag not in _TAGS:
            raise _LineError(line, f"{_kind(node.tag)} is no value for a parameter")
        if isinstance(node, MappingNode):
            _check_keys(node)
        elif isinstance(node, ScalarNode):
            _check_scalar(loader, node, line)


def _walk(root: Node) -> Iterator[tuple[Node, int]]:
    """`root` and each key and value below it, with its depth; aliases as often as they come."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        inner: list[Node] = []
        if isinstance(node, MappingNode):
            inner = [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            inner = list(node.value)
        waiting += [(part, depth + 1) for part in reversed(inner)]


def _kind(tag: str) -> str:
    if tag == f"{_TAG}timestamp":
        return "a date (text is put in quotes)"
    return f"what has the tag {shorten(tag.replace(_TAG, '!!'))}"


def _check_keys(node: MappingNode) -> None:
    first: dict[str, int] = {}
    twice: list[tuple[int, str]] = []
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if key.tag not in (f"{_TAG}str", f"{_TAG}merge"):
            raise _LineError(line, "a key that is no text")
        if key.value in first:
            twice.append((line, key.value))
        first.setdefault(key.value, line)
    if twice:
        line, name = twice[0]
        said = f"{quoted(name)} is given twice, first on line {first[name]}; remove one"
        others = [f"line {at}: {quoted(own)}, first on line {first[own]}" for at, own in twice[1:]]
        also = f"\nand {count(len(others), 'other')}:\n{listing(others)}" if others else ""
        raise _LineError(line, f"{said}{also}")


def _check_scalar(loader: _Loader, node: ScalarNode, line: int) -> None:
    if node.tag in _NUMBERS and len(node.value) > MOST_DIGITS:
        raise _LineError(line, f"a number of {len(node.value):,} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in node.value):
        raise _LineError(line, f"text with a control character: {quoted(node.value)}")
    try:
        if node.tag != f"{_TAG}merge":
            loader.construct_object(node)
    except (ValueError, LookupError, OverflowError) as error:
        raise _LineError(line, f"{quoted(node.value)} is not what its tag says") from error
