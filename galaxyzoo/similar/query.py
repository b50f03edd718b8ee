"""The galaxy that is asked about: an image of its own, or one of those that are searched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted, some
from galaxyzoo.images.folders import OneFile
from galaxyzoo.images.sources import Files, ImagesError
from galaxyzoo.predict.rows import Entries
from galaxyzoo.remote.opening import open_anywhere
from galaxyzoo.remote.urls import is_url


class QueryError(UserError):
    """What is asked about isn't one image."""


@dataclass(frozen=True)
class Query:
    """The image that others are compared with."""

    name: str
    """What it is called, to be shown"""
    content: bytes
    file: str | None = None
    """Its file, if it was named as one of the images"""


def find_query(query: str, files: Files, entries: Entries) -> Query:
    """The image at a path or a URL; else the one of `files` that is called so.

    That is by its GalaxyID, or by its file's name, with or without folders. Raises QueryError if
    there is none, if several are called so, and if it can't be read.
    """
    if is_url(query) or Path(query).exists():
        return _read(query, *_alone(query))
    called = list(_called(query, entries))
    if len(called) != 1:
        raise QueryError(
            f"{query}: is called so by several of {files.path}: {some(called)}; name a whole path"
            if called
            else f"{query}: no such image, and none of {files.path} is called so"
        )
    return _read(query, files, called[0], called[0])


def _alone(query: str) -> tuple[Files, str]:
    """The file at a path or a URL."""
    if not is_url(query):
        if Path(query).is_dir():
            raise QueryError(f"{query}: is a folder; name one image, or one galaxy of the images")
        files: Files = OneFile(Path(query))
    else:
        files = open_anywhere(query)
    if len(files.names) != 1:
        raise QueryError(f"{query}: must be one image, and these are {len(files.names):,} files")
    return files, files.names[0]


def _called(query: str, entries: Entries) -> Iterator[str]:
    for label, name in entries:
        if query in {label, name} or query == PurePosixPath(name).name:
            yield name


def _read(query: str, files: Files, name: str, file: str | None = None) -> Query:
    try:
        content = files.read(name)
    except ImagesError as error:
        raise QueryError(f"the query, {quoted(query)}: {error}") from error
    return Query(PurePosixPath(query).name, content, file)
