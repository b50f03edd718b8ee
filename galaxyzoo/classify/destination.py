"""Where a catalogue goes: a file; or an object, whose file is made here first and sent whole."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import remove
from galaxyzoo.remote.requests import remove_object, upload, write
from galaxyzoo.remote.urls import is_of_the_web, is_url, name_of, shown

_HASH = 8  # hex digits that tell the objects of one name apart


@dataclass(frozen=True)
class Destination:
    """Where a catalogue is made, and where it is to be."""

    local: Path
    """The file; its partial file, and what is listed beside it, are named after it"""
    url: str | None = None
    """Of the object that it becomes"""

    @property
    def lists(self) -> tuple[Path, Path]:
        return rejected_path(self.local), warnings_path(self.local)

    @property
    def partial(self) -> Path:
        return self.local.with_name(f"{self.local.name}.partial")

    def said(self, local: Path) -> str:
        """What messages call a file that is made here."""
        return str(local) if self.url is None else shown(self._url_of(local))

    def check(self) -> None:
        """Raise RemoteError now if the object could not be written at the end."""
        if self.url is not None:
            beside = f"{self.url}.check"
            write(b"", beside)
            remove_object(beside)

    def deliver(self) -> None:
        """Send what was made, where it isn't in its place already."""
        if self.url is None:
            return
        for local in (*self.lists, self.local):
            if local.exists():
                upload(local, self._url_of(local))
            elif local != self.local:
                remove_object(self._url_of(local))
        for local in (self.local, *self.lists):
            remove(local)

    def _url_of(self, local: Path) -> str:
        return f"{self.url}{local.name.removeprefix(self.local.name)}"


def destination(output: Path | str, work: Path) -> Destination:
    """Where `output`, a path or a URL, is made: for a URL in the folder `work`.

    There it has the object's name with some digits, so that two of one name don't meet. Raises
    UserError for a URL that can't be written to.
    """
    if not is_url(output):
        return Destination(Path(output))
    url = str(output)
    name = PurePosixPath(name_of(url))
    if not name.name:
        raise UserError(f"{shown(url)}: names no file, such as s3://bucket/catalogue.csv")
    if is_of_the_web(url):
        raise UserError(
            f"{shown(url)}: can't be written to; name a file, or an object such as s3://bucket/{name}"
        )
    told = hashlib.sha256(shown(url).encode()).hexdigest()[:_HASH]
    return Destination(work / f"{name.stem}.{told}{name.suffix}", url)


def rejected_path(output: Path) -> Path:
    """Where the files are listed that were rejected: beside the catalogue."""
    return output.with_name(f"{output.name}.rejected.csv")


def warnings_path(output: Path) -> Path:
    """Where the galaxies are listed whose image may be wrong: beside the catalogue."""
    return output.with_name(f"{output.name}.warnings.csv")
