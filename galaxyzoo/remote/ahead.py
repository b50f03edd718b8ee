"""The bytes of many names, fetched together before they are asked for."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from galaxyzoo.remote.requests import Span, fetch

GAP = 256 * 2**10
"""Bytes that nobody wants, and that are fetched all the same: to ask twice would take longer"""
AT_ONCE = 32 * 2**20
"""Bytes that are fetched together, so that files of any size fit into memory"""


class Window(io.BytesIO):
    """Some bytes of an object as a file, whose positions are those in the object."""

    def __init__(self, start: int, content: bytes) -> None:
        super().__init__(content)
        self._start = start

    def seek(self, position: int, whence: int = os.SEEK_SET, /) -> int:
        moved = self._start if whence == os.SEEK_SET else 0
        return super().seek(position - moved, whence) + self._start

    def tell(self) -> int:
        return super().tell() + self._start


@dataclass(frozen=True)
class _Range:
    """Spans that lie near each other, and one that holds them all."""

    whole: Span
    names: tuple[str, ...]


class Ahead:
    """The spans of some names, of which those that come next are fetched together."""

    def __init__(self, url: str, spans: Mapping[str, Span]) -> None:
        """`spans` are in the order in which they will be asked for."""
        self._url = url
        self._spans = spans
        self._windows: dict[str, Window] = {}

    def window(self, name: str) -> Window:
        """A file that has at least the bytes of the span of `name`."""
        if name not in self._windows:
            self._windows = self._fetch(self._next(name))
        return self._windows[name]

    def _next(self, first: str) -> list[str]:
        """Names from `first` on, as many as are fetched together."""
        names = list(self._spans)
        chosen: list[str] = []
        size = 0
        for name in names[names.index(first) :]:
            span = self._spans[name]
            size += span.end - span.start
            if chosen and size > AT_ONCE:
                break
            chosen.append(name)
        return chosen

    def _fetch(self, names: Sequence[str]) -> dict[str, Window]:
        ranges = list(_ranges({name: self._spans[name] for name in names}))
        contents = fetch(self._url, [each.whole for each in ranges])
        return {
            name: Window(each.whole.start, content)
            for each, content in zip(ranges, contents, strict=True)
            for name in each.names
        }


def _ranges(spans: Mapping[str, Span]) -> Iterator[_Range]:
    """Few ranges that cover all of some spans, split where more than GAP would be for nothing."""
    current: _Range | None = None
    for name, span in sorted(spans.items(), key=lambda item: (item[1].path, item[1].start)):
        if current is None:
            current = _Range(span, (name,))
        elif span.path == current.whole.path and span.start <= current.whole.end + GAP:
            end = max(span.end, current.whole.end)
            current = _Range(replace(current.whole, end=end), (*current.names, name))
        else:
            yield current
            current = _Range(span, (name,))
    if current is not None:
        yield current
