"""Files of images: in a zip, in a folder, on a list, or one alone; found and read, never unpacked.

All of them can be handed to other processes, which then read at the same time.
"""

import errno
import io
import lzma
import os
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from galaxyzoo.errors import UserError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BYTES = 64 * 2**20
"""The largest file that is read: a zip of a few kB can hold one that would fill the memory."""

_IMAGE_NAME = re.compile(r".*\.(jpe?g|png)", re.IGNORECASE | re.DOTALL)
_IMAGE_STARTS = (b"\xff\xd8", b"\x89PNG\r\n\x1a\n")  # of a JPEG and of a PNG

# What zipfile and its decompressors raise for a damaged or unusual member
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
)


class ImagesError(UserError):
    """The images are missing, or some of them can't be used."""


class Files(Protocol):
    """Some files, each with a name."""

    path: Path
    """Where they are, or where their list is"""
    names: tuple[str, ...]
    """Each once. In a zip or a folder: all files to any depth, with paths relative to it"""

    def read(self, name: str) -> bytes:
        """The content of a file; ImagesError if it can't be read, or is larger than MAX_BYTES."""
        ...

    def fingerprint(self, name: str) -> str:
        """What changes when the file is changed, found without reading it."""
        ...


class ZipFiles:
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(io.BufferedReader(_ForkableFile(path)))
        except zipfile.BadZipFile as error:
            raise ImagesError(
                f"{path}: expected a zip of JPEGs, but it is none: {error}"
            ) from error
        except OSError as error:
            raise ImagesError(f"{path}: can't be read: {error.strerror}") from error
        self.names = tuple(dict.fromkeys(self._zip.namelist()))

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self.path,)

    def read(self, name: str) -> bytes:
        member = self._zip.getinfo(name)
        _refuse_large(member.file_size)
        if _climbs(name):
            raise ImagesError("has a name that leads out of the zip")
        try:
            return self._zip.read(member)
        except _ZIP_ERRORS as error:
            raise ImagesError(f"does not unpack from the zip: {error}") from error

    def fingerprint(self, name: str) -> str:
        member = self._zip.getinfo(name)
        return f"{member.file_size} {member.CRC}"


def _climbs(name: str) -> bool:
    """Whether a name in a zip would lead out of the folder that the zip is unpacked into."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def _refuse_large(size: int) -> None:
    if size > MAX_BYTES:
        raise ImagesError(f"has {size} bytes; files of at most {MAX_BYTES} are read")


class _ForkableFile(io.RawIOBase):
    """A file for reading, whose position is each process's own also if it was opened before a fork.

    The directory of a large zip, half a second's work, is so read once for all processes.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self._position = 0

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        size = os.fstat(self._descriptor).st_size
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "seek to before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        content = os.pread(self._descriptor, len(target), self._position)
        target[: len(content)] = content
        self._position += len(content)
        return len(content)


class _PlainFiles:
    """Files of the file system, whose names are relative to a folder."""

    def __init__(self, path: Path, folder: Path, names: tuple[str, ...]) -> None:
        self.path = path
        self.folder = folder
        self.names = names

    def read(self, name: str) -> bytes:
        path = self.folder / name
        try:
            if not path.is_file():  # to open a named pipe would wait for ever
                raise ImagesError("is no file" if path.exists() else "is not there")
            _refuse_large(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            raise ImagesError(f"can't be read: {error.strerror}") from error

    def fingerprint(self, name: str) -> str:
        try:
            status = (self.folder / name).stat()
        except OSError:
            return "-"
        return f"{status.st_size} {status.st_mtime_ns}"


class FolderFiles(_PlainFiles):
    def __init__(self, path: Path) -> None:
        files = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        super().__init__(path, path, tuple(str(file.relative_to(path)) for file in files))


class OneFile(_PlainFiles):
    def __init__(self, path: Path) -> None:
        super().__init__(path, path.parent, (path.name,))


class ListedFiles(_PlainFiles):
    """The files whose paths stand in a text file, a line each, relative to the working folder."""

    def __init__(self, path: Path) -> None:
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise ImagesError(
                f"{path}: is neither a zip, a JPEG, a PNG nor a text that lists paths"
            ) from error
        names: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            name = line.strip()
            if name in names:
                raise ImagesError(
                    f"{path}: lines {names[name]} and {number} list the same file: {name}"
                )
            if name:
                names[name] = number
        super().__init__(path, Path(), tuple(names))


def open_files(path: Path) -> Files:
    """Open a folder, a zip, one image (JPEG or PNG), or a text file that lists paths.

    Raises ImagesError if nothing is there, or if it is none of these.
    """
    if path.is_dir():
        return FolderFiles(path)
    if not path.is_file():
        raise ImagesError(f"{path}: no such folder, zip, image or list of images")
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return ZipFiles(path)
    if _IMAGE_NAME.fullmatch(path.name) or _starts_like_an_image(path):
        return OneFile(path)
    return ListedFiles(path)


def _starts_like_an_image(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8).startswith(_IMAGE_STARTS)


def image_names(files: Files) -> list[str]:
    """The names of images among `files`: all that a user lists, and what ends in .jpg, .jpeg or
    .png in a zip or a folder, hidden files left out.

    Raises ImagesError if there are none.
    """
    listed = isinstance(files, OneFile | ListedFiles)
    names = [name for name in files.names if listed or _is_visible_image(name)]
    if not names:
        raise ImagesError(f"{files.path}: holds no JPEG and no PNG")
    return names


def _is_visible_image(name: str) -> bool:
    """Not so is what macOS adds to a zip: ``__MACOSX/._1.jpg`` for each ``1.jpg``."""
    return bool(_IMAGE_NAME.fullmatch(name)) and not name.rpartition("/")[2].startswith(".")
