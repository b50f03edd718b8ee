"""Images whose paths stand in a text file."""

import codecs
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from galaxyzoo.base.messages import shorten
from galaxyzoo.images.folders import PlainFiles
from galaxyzoo.images.sources import ImagesError, refuse_large

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ListedFiles(PlainFiles):
    """The files of a list: a path a line, relative to the working folder, or to home after ``~``.

    Empty lines, and those that begin with ``#``, are passed over. The text is UTF-8, or UTF-16 with
    its mark.
    """

    def __init__(self, path: Path) -> None:
        found: dict[str, int] = {}
        names = []
        for number, line in _lines(path):
            name = str(Path(line).expanduser()) if line.startswith("~") else line
            first = found.setdefault(_whole(name), number)
            if first != number:
                raise ImagesError(
                    f"{path}: lines {first} and {number} list the same file: {shorten(line)}"
                )
            names.append(name)
        super().__init__(path, Path(), tuple(names))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that isn't empty, with its number from 1."""
    for number, line in enumerate(_text(path).splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text


def _text(path: Path) -> str:
    try:
        refuse_large(path.stat().st_size)
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
