"""Images that are files: in a folder, or one alone."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from galaxyzoo.images.sources import ImagesError, refuse_large

_Place = tuple[int, int]
"""Device and number: what a folder is, by whatever name"""


@dataclass(frozen=True)
class PlainPart:
    """Files whose names are relative to a folder."""

    folder: Path
    bad: Mapping[str, str]
    """Why some can't be read, as far as it is known beforehand"""

    def read(self, name: str) -> bytes:
        if name in self.bad:
            raise ImagesError(self.bad[name])
        if "\0" in name:
            raise ImagesError("is no name of a file")
        path = self.locate(name)
        try:
            if not path.is_file():  # to open a named pipe would wait for ever
                raise ImagesError("is no file" if path.exists() else "is not there")
            refuse_large(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise ImagesError(f"can't be read: {error.strerror}") from error

    def locate(self, name: str) -> Path:
        return self.folder / os.fsdecode(name.encode("utf-8", "surrogateescape"))


class PlainFiles:
    """Files of the file system, whose names are relative to a folder.

    A name holds the bytes that the disk holds, read as UTF-8 whatever the locale.
    """

    listed: bool = True

    def __init__(
        self, path: Path, folder: Path, names: tuple[str, ...], bad: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self.names = names
        self.bad: Mapping[str, str] = bad or {}
        self._whole = PlainPart(folder, self.bad)

    def read(self, name: str) -> bytes:
        return self._whole.read(name)

    def part(self, names: Sequence[str]) -> PlainPart:
        bad = {name: self.bad[name] for name in names if name in self.bad}
        return PlainPart(self._whole.folder.absolute(), bad)

    def fingerprint(self, name: str) -> str:
        try:
            status = self._whole.locate(name).stat()
        except (OSError, ValueError):
            return "-"
        return f"{status.st_size} {status.st_mtime_ns}"


class FolderFiles(PlainFiles):
    """All files in a folder, to any depth. Links to folders are followed, each folder once."""

    listed: bool = False

    def __init__(self, path: Path) -> None:
        walk = _Walk(path)
        super().__init__(path, path, tuple(walk.names), walk.bad)


class OneFile(PlainFiles):
    def __init__(self, path: Path) -> None:
        super().__init__(path, path.parent, (stable(path.name),))


def stable(name: str) -> str:
    """A name of the file system as UTF-8, whatever the locale decoded it as."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


class _Walk:
    """The files below a folder, first those that no link leads to; and what can't be read."""

    def __init__(self, root: Path) -> None:
        self.names: list[str] = []
        self.bad: dict[str, str] = {}
        self._seen = {_place(parent) for parent in root.resolve().parents}
        self._links: list[tuple[str, Path]] = []
        self._enter("", root)
        while self._links:
            name, folder = self._links.pop(0)
            self._enter(name, folder)

    def _enter(self, name: str, folder: Path) -> None:
        waiting = [(name, folder)]
        while waiting:
            name, folder = waiting.pop(0)
            place = _place(folder)
            if place not in self._seen:
                self._seen.add(place)
                waiting += self._list(name, folder)

    def _list(self, name: str, folder: Path) -> Iterator[tuple[str, Path]]:
        """Note the files and links of a folder; give the folders in it."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(name or ".", f"is a folder that can't be read: {error.strerror}")
            return
        for entry in entries:
            inner, path = f"{name}{stable(entry.name)}", folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                yield f"{inner}/", path
            elif entry.is_symlink() and path.is_dir():
                self._links.append((f"{inner}/", path))
            else:
                self.names.append(inner)
                if entry.is_symlink() and not path.exists():
                    self.bad[inner] = "is a link to what is not there"

    def _refuse(self, name: str, why: str) -> None:
        self.names.append(name)
        self.bad[name] = why


def _place(folder: Path) -> _Place | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
