"""Files of tables opened: plain, in a zip, or gzipped, by what they hold and not by their name."""

import gzip
import lzma
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import plain, some

MOST_BYTES = 2 * 2**30
"""Of a table, unpacked: seven times what 1,000,000 galaxies of the competition take"""
MOST_GROWTH = 200
"""Times the packed size to which a table of more than `SMALL_BYTES` may unpack; tables of numbers
grow some 3 to 10 times, bombs 1,000 times"""
SMALL_BYTES = 100 * 2**20

_CHUNK = 2**20
_AGAIN = "get it again"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,  # NotImplementedError is one
    ValueError,  # UnicodeError is one
    LookupError,
    OverflowError,
)
"""What Python's unpackers raise at damaged files, beside an OSError without a number"""
_OTHER_PACKERS = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class TableError(UserError):
    """A table, or a column of it, is missing or can't be used."""


def read_table_bytes(path: Path) -> bytes:
    """What the CSV at `path` holds: the file's own bytes, or those in its zip or gzip.

    Raises TableError, in one line, if it isn't there, can't be read, is damaged, encrypted or
    empty, is no zip of one CSV, or unpacks to more than any table of galaxies would.
    """
    if path.is_dir():
        raise TableError(f"{path}: is a folder; expected a CSV, plain, zipped or gzipped")
    if not path.exists():
        raise TableError(f"{path}: no such file")
    try:
        with path.open("rb") as file:
            return _unpacked(path, file)
    except OSError as error:
        if error.errno is not None:
            raise TableError(f"{path}: can't be read: {os.strerror(error.errno)}") from error
        raise _damaged(path, "gzip file") from error


def _unpacked(path: Path, file: IO[bytes]) -> bytes:
    start = file.read(8)
    file.seek(0)
    for magic, packer in _OTHER_PACKERS.items():
        if start.startswith(magic):
            raise TableError(f"{path}: is packed by {packer}; unpack it, or use zip or gzip")
    if start.startswith(b"PK"):
        return _from_zip(path, file)
    if start.startswith(b"\x1f\x8b"):
        return _from_gzip(path, file)
    content = _read(path, file, MOST_BYTES)
    if not content:
        raise TableError(f"{path}: is empty, 0 bytes; {_AGAIN}")
    return content


def _from_gzip(path: Path, file: IO[bytes]) -> bytes:
    try:
        return _read(path, gzip.open(file), _most(os.fstat(file.fileno()).st_size))
    except _DAMAGE as error:
        raise _unless_told(error, path, "gzip file") from error


def _from_zip(path: Path, file: IO[bytes]) -> bytes:
    try:
        with zipfile.ZipFile(file) as archive:
            member = _only_csv(path, archive)
            if member.flag_bits & 1:
                raise TableError(
                    f"{path}: {plain(member.filename)} in it wants a password; unpack it first"
                )
            with archive.open(member) as unpacked:
                return _read(path, unpacked, _most(member.compress_size))
    except _DAMAGE as error:
        raise _unless_told(error, path, "zip") from error


def _only_csv(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one CSV of a zip, in whatever folder; what macOS adds doesn't count."""
    members = archive.infolist()
    tables = [
        member
        for member in members
        if member.filename.lower().endswith(".csv") and "__MACOSX" not in member.filename
    ]
    if len(tables) != 1:
        held = some([member.filename for member in tables or members]) or "nothing"
        raise TableError(
            f"{path}: expected one CSV in this zip, found {len(tables)}; it holds {held}"
        )
    return tables[0]


def _most(packed: int) -> int:
    """How many bytes so many packed ones may give."""
    return min(MOST_BYTES, max(SMALL_BYTES, MOST_GROWTH * packed))


def _read(path: Path, file: _Readable, most: int) -> bytes:
    """All of a file, which is given up where it goes on after `most` bytes."""
    content = bytearray()
    while chunk := file.read(_CHUNK):
        content += chunk
        if len(content) > most:
            raise TableError(
                f"{path}: holds more than {most:,} bytes, far more than a table of galaxies; "
                "is it the right file?"
            )
    return bytes(content)


def _unless_told(error: Exception, path: Path, kind: str) -> TableError:
    """A TableError as it is; anything else is damage."""
    return error if isinstance(error, TableError) else _damaged(path, kind)


def _damaged(path: Path, kind: str) -> TableError:
    return TableError(f"{path}: this {kind} is cut short or damaged; {_AGAIN}")
