"""Images in a zip, which is read in place and never unpacked."""

import io
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Self

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten
from galaxyzoo.base.reading import FileOfPlaces
from galaxyzoo.images.sources import ImagesError, refuse_large
from galaxyzoo.images.zip_directory import Directory, read_directory
from galaxyzoo.images.zip_headers import Stored

# What zipfile and its decompressors raise for a damaged or unusual zip
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
    MemoryError,
)

_ENCRYPTED = 1  # flag of a member
_EMPTY = b"PK\5\6" + bytes(18)  # a zip that holds nothing


@dataclass(frozen=True)
class ZipPart:
    """Members of a zip, which are read without its directory. 150 bytes each when pickled."""

    path: Path
    members: Mapping[str, zipfile.ZipInfo]
    """By name: where a member is, how large, and how packed"""
    bad: Mapping[str, str]
    """Why some can't be read"""

    def read(self, name: str) -> bytes:
        return unpack(self._zip, name, self.members[name], self.bad)

    def __reduce__(self) -> "tuple[type[ZipPart], tuple[object, ...]]":
        return type(self), (self.path, self.members, self.bad)  # without an open file

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return without_directory(_reader(self.path))


class ZipFiles:
    """The members of a zip; a backslash in a name counts as a slash, as Windows writes it."""

    listed: bool = False

    def __init__(self, path: Path) -> None:
        self.path = path
        file = _reader(path)
        self._directory = open_zip(file, path)
        self._zip = without_directory(file)
        self.names = self._directory.names
        self.bad: Mapping[str, str] = refused(self._directory)

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self.path,)

    def read(self, name: str) -> bytes:
        return unpack(self._zip, name, self._directory.member(name), self.bad)

    def part(self, names: Sequence[str]) -> ZipPart:
        members = {name: self._directory.member(name) for name in names}
        bad = {name: self.bad[name] for name in names if name in self.bad}
        return ZipPart(self.path.absolute(), members, bad)

    def fingerprint(self, name: str) -> str:
        return fingerprint(self._directory.stored(name))


def refused(directory: Directory) -> dict[str, str]:
    """Why some names can't be read, as far as the zip's directory tells."""
    told = ((name, _refused(name, one, directory.repeated)) for name, one in directory)
    return {name: why for name, why in told if why}


def fingerprint(members: Sequence[Stored]) -> str:
    return " ".join(f"{member.size} {member.crc}" for member in members)


def without_directory(file: IO[bytes]) -> zipfile.ZipFile:
    """A zip that is read by members known from elsewhere."""
    opened = zipfile.ZipFile(io.BytesIO(_EMPTY))
    opened.fp = file
    return opened


def unpack(
    opened: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, bad: Mapping[str, str]
) -> bytes:
    """The content of a member; ImagesError if it can't be read, or is too large."""
    if name in bad:
        raise ImagesError(bad[name])
    refuse_large(member.file_size)
    try:
        return opened.read(member)
    except _ZIP_ERRORS as error:
        why = str(error) or type(error).__name__
        raise ImagesError(f"does not unpack from the zip: {shorten(why)}") from error


def _reader(path: Path) -> io.BufferedReader:
    try:
        return io.BufferedReader(_ForkableFile(path))
    except OSError as error:
        raise ImagesError(f"{path}: can't be read: {error.strerror}") from error


def open_zip(file: IO[bytes], said: object) -> Directory:
    """The directory of a zip, which messages call `said`; ImagesError if it is none."""
    try:
        return read_directory(file)
    except UserError:  # of what reads the file
        raise
    except _ZIP_ERRORS as error:
        why = str(error) or type(error).__name__
        cut = "cut short or damaged" if _begins_like_a_zip(file) else "none"
        raise ImagesError(
            f"{said}: expected a zip of images, but it is {cut}: {shorten(why)}"
        ) from error


def _begins_like_a_zip(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(4) == b"PK\3\4"


def _refused(name: str, member: Stored, repeated: Mapping[str, int]) -> str:
    """Why a member can't be read, as far as the zip's directory tells; empty if it can."""
    if _climbs(name):
        return "has a name that leads out of the zip"
    if name in repeated:
        return f"stands {repeated[name]} times in the zip, and one can't be told from the other"
    if member.flags & _ENCRYPTED:
        return "is encrypted: unpack the zip with its password"
    return ""


def _climbs(name: str) -> bool:
    """Whether a name in a zip would lead out of the folder that the zip is unpacked into."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or parts[0] == "" or ":" in parts[0]


class _ForkableFile(FileOfPlaces):
    """A file for reading, whose position is each process's own also if it was opened before a fork.

    The directory of a large zip, half a second's work, is so read once for all processes.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read_at(self, start: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, start)
