"""Images whose paths stand in a text file."""

import codecs
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from galaxyzoo.base.messages import shorten
from galaxyzoo.images.folders import PlainFiles
from galaxyzoo.images.sources import ImagesError, repeated

_MOST_BYTES = 2 * 2**30
"""Of a list: of some 20 million files"""
_BLOCK = 2**16  # characters
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ListedFiles(PlainFiles):
    """The files of a list: a path a line, relative to the working folder, or to home after ``~``.

    Empty lines, and those that begin with ``#``, are passed over. The text is UTF-8, or UTF-16 with
    its mark.
    """

    def __init__(self, path: Path) -> None:
        names = tuple(_expanded(line) for _, line in _lines(path))
        _refuse_twice(path, names)
        super().__init__(path, Path(), names)


def _expanded(line: str) -> str:
    return str(Path(line).expanduser()) if line.startswith("~") else line


def _refuse_twice(path: Path, names: Sequence[str]) -> None:
    places = repeated(map(_whole, names))
    wanted = set(places)
    lines = {place: line for place, line in enumerate(_lines(path)) if place in wanted}
    first: dict[str, int] = {}
    for place in places:
        number, line = lines[place]
        earlier = first.setdefault(_whole(names[place]), number)
        if earlier != number:
            raise ImagesError(
                f"{path}: lines {earlier} and {number} list the same file: {shorten(line)}"
            )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that isn't empty, with its number from 1."""
    number = 0
    for text in _blocks(_text(path)):
        for line in text.splitlines():
            number += 1
            stripped = line.strip()
            if stripped and not stripped.startswith("#"):
                yield number, stripped


def _blocks(text: str) -> Iterator[str]:
    """A text in pieces, each of whole lines: all its lines at once would take much memory."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK) + 1 or len(text)
        yield text[start:end]
        start = end


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ImagesError
        content = path.read_bytes()
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except OSError as error:
        raise ImagesError(f"{path}: can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, ImagesError) as error:
        raise ImagesError(
            f"{path}: is neither a zip, an image nor a text that lists paths"
        ) from error


def _whole(name: str) -> str:
    """One spelling of a path; a link to a file is another file, one to a folder is not."""
    folder, last = os.path.split(os.path.abspath(name))  # noqa: PTH100  Path keeps ".."
    return os.path.join(_real(folder), last)  # noqa: PTH118


@cache
def _real(folder: str) -> str:
    try:
        return os.path.realpath(folder)
    except (OSError, ValueError):
        return folder
