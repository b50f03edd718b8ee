"""Images in a zip that is an object: its directory is read once, then parts of it."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

from galaxyzoo.base.reading import FileOfPlaces
from galaxyzoo.images.sources import ImagesError, refuse_large
from galaxyzoo.images.zips import (
    fingerprint,
    open_zip,
    refused,
    unpack,
    without_directory,
)
from galaxyzoo.remote.ahead import Ahead
from galaxyzoo.remote.requests import Span, Version, fetch
from galaxyzoo.remote.urls import shown

_TAIL = 64 * 2**10  # bytes at the end of a zip, which tell where its directory is
_HEADER = 30  # bytes before a member's name
_EXTRA = 2**16  # most bytes between its name and its content


class ObjectZipPart:
    """Members of a zip, read without its directory: as a rule in one request for all."""

    def __init__(
        self,
        url: str,
        members: Mapping[str, zipfile.ZipInfo],
        spans: Mapping[str, Span],
        bad: Mapping[str, str],
    ) -> None:
        self._given = (url, members, spans, bad)
        self._members = members
        self._bad = bad
        self._ahead = Ahead(url, {n: span for n, span in spans.items() if n not in bad})

    def __reduce__(self) -> "tuple[type[ObjectZipPart], tuple[object, ...]]":
        return type(self), self._given  # without what is fetched

    def read(self, name: str) -> bytes:
        if name in self._bad:
            raise ImagesError(self._bad[name])
        opened = without_directory(self._ahead.window(name))
        return unpack(opened, name, self._members[name], self._bad)


class ObjectZip:
    """The members of a zip, as `ZipFiles` has them."""

    listed: bool = False

    def __init__(self, url: str, path: str, version: Version) -> None:
        """`path` is fsspec's. Raises ImagesError if it is no zip."""
        self.path = shown(url)
        self._url = url
        self._whole = Span(path, 0, version.size, version)
        with io.BufferedReader(ObjectFile(url, self._whole)) as file:
            self._directory = open_zip(file, self.path)
        self.names = self._directory.names
        self.bad: Mapping[str, str] = refused(self._directory) | self._large()
        offsets = (member.offset for _, member in self._directory)
        self._starts = np.sort(np.fromiter(offsets, np.int64))

    def read(self, name: str) -> bytes:
        return self.part([name]).read(name)

    def part(self, names: Sequence[str]) -> ObjectZipPart:
        members = {name: self._directory.member(name) for name in names}
        spans = {name: self._span(member) for name, member in members.items()}
        bad = {name: self.bad[name] for name in names if name in self.bad}
        return ObjectZipPart(self._url, members, spans, bad)

    def fingerprint(self, name: str) -> str:
        return fingerprint(self._directory.stored(name))

    def _large(self) -> dict[str, str]:
        """What isn't even fetched."""
        found: dict[str, str] = {}
        for name, one in self._directory:
            repeated = name in self._directory.repeated
            member = self._directory.stored(name)[0] if repeated else one
            try:
                refuse_large(max(member.size, member.packed))
            except ImagesError as error:
                found[name] = str(error)
        return found

    def _span(self, member: zipfile.ZipInfo) -> Span:
        """From a member's header, whose length only it tells, to the next one at the latest."""
        start = member.header_offset
        name = len(member.orig_filename.encode())
        end = start + _HEADER + name + _EXTRA + member.compress_size
        after = int(np.searchsorted(self._starts, start, "right"))
        following = int(self._starts[after]) if after < len(self._starts) else self._whole.end
        return Span(self._whole.path, start, min(end, following), self._whole.version)


class ObjectFile(FileOfPlaces):
    """An object as a file, of which what is read is fetched, and its end once for all."""

    def __init__(self, url: str, whole: Span) -> None:
        self._url = url
        self._whole = whole
        self._tail_start = max(whole.end - _TAIL, 0)
        self._tail = b""

    def size(self) -> int:
        return self._whole.end

    def read_at(self, start: int, count: int) -> bytes:
        end = min(start + count, self._whole.end)
        start = min(start, end)
        if start < self._tail_start:
            return self._ask(start, end)
        if not self._tail:
            self._tail = self._ask(self._tail_start, self._whole.end)
        return self._tail[start - self._tail_start : end - self._tail_start]

    def _ask(self, start: int, end: int) -> bytes:
        span = Span(self._whole.path, start, end, self._whole.version)
        (content,) = fetch(self._url, [span])
        return content
