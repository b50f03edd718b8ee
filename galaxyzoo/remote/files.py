"""Images that are objects: all below a prefix, or one alone."""

from collections.abc import Iterable, Mapping, Sequence

from galaxyzoo.images.sources import refuse_large
from galaxyzoo.remote.ahead import Ahead
from galaxyzoo.remote.requests import Span, Version
from galaxyzoo.remote.urls import shown
from galaxyzoo.remote.versions import Versions


class ObjectsPart:
    """Some objects, each of the version that it had when the run began."""

    def __init__(self, url: str, spans: Mapping[str, Span]) -> None:
        self._url = url
        self._spans = spans
        self._sizes = {name: span.end for name, span in spans.items()}
        self._ahead = Ahead(url, spans)

    def __reduce__(self) -> "tuple[type[ObjectsPart], tuple[object, ...]]":
        return type(self), (self._url, self._spans)  # without what is fetched

    def read(self, name: str) -> bytes:
        refuse_large(self._sizes[name])
        return self._ahead.window(name).getvalue()


class ObjectFiles:
    """Objects, with names relative to a prefix."""

    def __init__(
        self, url: str, prefix: str, found: Iterable[tuple[str, Version]], listed: bool = False
    ) -> None:
        """`found` are paths of fsspec's, which begin with `prefix`, and the objects' versions."""
        self.path = shown(url)
        self.listed = listed
        self.bad: Mapping[str, str] = {}
        self._url = url
        self._prefix = prefix
        self._versions = Versions.of(
            (path.removeprefix(prefix).lstrip("/"), version) for path, version in found
        )
        self.names = self._versions.names

    def read(self, name: str) -> bytes:
        return self.part([name]).read(name)

    def part(self, names: Sequence[str]) -> ObjectsPart:
        return ObjectsPart(self._url, {name: self._span(name) for name in names})

    def fingerprint(self, name: str) -> str:
        version = self._versions[name]
        return f"{version.size} {version.mark}"

    def _span(self, name: str) -> Span:
        version = self._versions[name]
        return Span(f"{self._prefix}{name}", 0, version.size, version)
