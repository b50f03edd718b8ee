"""Parts of objects: asked for again where it may help, and refused where another one answers."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from galaxyzoo.base.messages import shorten
from galaxyzoo.remote.connection import Connection, connect
from galaxyzoo.remote.troubles import CHANGED, RemoteError, cause_of, lasting, told_of, troubles
from galaxyzoo.remote.urls import OF_AMAZON, is_of_the_web, scheme_of, shown

logger = logging.getLogger(__name__)

Out = TypeVar("Out")

TIMES = 6
FIRST_WAIT = 0.5
"""Seconds; then twice as long each time: 15 in all"""
AT_MOST = 60.0
"""Seconds after the first failure, from which on it isn't asked again: some answer by silence"""
AT_A_TIME = 16
"""Requests that are under way at the same time, for each process"""

_MARKS = ("ETag", "etag", "generation", "Last-Modified", "LastModified", "mtime", "modified")


@dataclass(frozen=True)
class Version:
    """What tells an object from another that has its place later."""

    size: int
    """In bytes"""
    mark: str
    """Its ETag, or when it was changed; empty where nobody tells"""


@dataclass(frozen=True)
class Span:
    """Some bytes of an object, from `start` to before `end`."""

    path: str
    start: int
    end: int
    version: Version


class ChangedError(RemoteError):
    """An object isn't any more what it was when the run began."""


def describe(url: str) -> Mapping[str, Any]:
    """What fsspec knows of the object or prefix at `url`; RemoteError if nothing is there."""
    connection = connect(url)
    return asked(url, connection, lambda: _info(connection, connection.path_of(url)))


def version_of(info: Mapping[str, Any]) -> Version:
    marks = (info[mark] for mark in _MARKS if info.get(mark))
    return Version(int(info.get("size") or 0), str(next(marks, "")))


def fetch(url: str, spans: Sequence[Span]) -> list[bytes]:
    """The bytes of some spans, at the same time; all are of the place that `url` leads to.

    Raises ChangedError if an object isn't of the version that is told of it, and RemoteError, with
    the reason, for what can't be read.
    """
    connection = connect(url)
    return connection.run(_fetch_all(connection, url, spans))


def upload(local: Path, url: str) -> None:
    """Make a file the object at `url`, which is seen whole or not at all."""
    connection = connect(url)
    asked(url, connection, lambda: connection.ask("put_file", str(local), connection.path_of(url)))


def write(content: bytes, url: str) -> None:
    connection = connect(url)
    asked(url, connection, lambda: connection.ask("pipe_file", connection.path_of(url), content))


def remove_object(url: str) -> None:
    """Remove the object at `url`, if there is one."""
    connection = connect(url)
    path = connection.path_of(url)

    async def remove() -> None:
        with suppress(FileNotFoundError):  # to ask whether it is there takes the right to read
            await connection.ask("rm_file", path)

    asked(url, connection, remove)


def asked(url: str, connection: Connection, ask: Callable[[], Awaitable[Out]]) -> Out:
    """What `ask` gives, in the thread of a connection; asked again where that may help."""
    return connection.run(_patiently(url, ask))


async def _fetch_all(connection: Connection, url: str, spans: Iterable[Span]) -> list[bytes]:
    limit = asyncio.Semaphore(AT_A_TIME)

    async def one(span: Span) -> bytes:
        async with limit:
            return await _patiently(url, lambda: _fetch(connection, url, span))

    tasks = [asyncio.create_task(one(span)) for span in spans]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _fetch(connection: Connection, url: str, span: Span) -> bytes:
    if span.start >= span.end:
        return b""
    if scheme_of(url) in OF_AMAZON:
        content, version = await _from_s3(connection, span)
    elif is_of_the_web(url):
        content, version = await _from_web(connection, url, span)
    else:
        content = await connection.ask("cat_file", span.path, start=span.start, end=span.end)
        version = version_of(await _info(connection, span.path))
    if version != span.version:
        name = "" if span.path == connection.path_of(url) else f"{shown(shorten(span.path))} "
        raise ChangedError(f"{shown(url)}: {name}{CHANGED}")
    if len(content) != span.end - span.start:
        raise OSError(f"sent {len(content)} bytes of {span.end - span.start}")
    return content


async def _from_s3(connection: Connection, span: Span) -> tuple[bytes, Version]:
    """In one request, whose answer tells the version, too."""
    bucket, key, _ = connection.system.split_path(span.path)
    given = {"Bucket": bucket, "Key": key, "Range": _range(span)}
    answer = await connection.ask_s3("get_object", given)
    async with answer["Body"] as body:
        content = await body.read()
    size = _whole_size(answer.get("ContentRange"), answer["ContentLength"])
    return content, Version(size, answer.get("ETag") or str(answer.get("LastModified", "")))


async def _from_web(connection: Connection, url: str, span: Span) -> tuple[bytes, Version]:
    system = connection.system
    session = await system.set_session()
    headers = {"Range": _range(span), "Accept-Encoding": "identity"}
    async with session.get(system.encode_url(span.path), headers=headers) as answer:
        answer.raise_for_status()
        if answer.status != 206 and span.end - span.start < span.version.size:
            why = "its server sends files only whole, and parts are needed; download it"
            raise RemoteError(f"{shown(url)}: {why}")
        content = await answer.read()
        size = _whole_size(answer.headers.get("Content-Range"), len(content))
        marks = {name: answer.headers.get(name) for name in _MARKS}
        return content, version_of(marks | {"size": size})


def _range(span: Span) -> str:
    return f"bytes={span.start}-{span.end - 1}"


def _whole_size(content_range: str | None, otherwise: int) -> int:
    """The size of an object, as an answer of a part of it tells: "bytes 3-9/5000"."""
    size = (content_range or "").rpartition("/")[2]
    return int(size) if size.isdigit() else otherwise


async def _info(connection: Connection, path: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = await connection.ask("info", path)
    return found


async def _patiently(url: str, ask: Callable[[], Awaitable[Out]]) -> Out:
    """What `ask` gives; asked again for as long as it may help."""
    wait, since = FIRST_WAIT, 0.0
    for turn in range(1, TIMES + 1):
        try:
            return await ask()
        except troubles() as error:
            now = time.monotonic()
            since = since or now
            cause = cause_of(error)
            last = turn == TIMES or now - since > AT_MOST
            if (why := lasting(cause)) or last:
                told = why or f"asked {turn} times in vain: {told_of(cause)}"
                raise RemoteError(f"{shown(url)}: {told}") from error
        logger.warning("%s: %s; asking again", shown(url), told_of(cause))
        await asyncio.sleep(wait)
        wait *= 2
    raise AssertionError("it is asked at least once")
