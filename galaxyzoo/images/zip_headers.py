"""The directory of a zip, header by header, as `zipfile` reads it and with its messages.

The directory is read in pieces, and nothing is kept.
"""

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple
from zipfile import BadZipFile

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_HEADER = struct.Struct("<4s2xBx2H4x3L3H8xL")
_FIELD = struct.Struct("<2H")
_LONG = struct.Struct("<Q")

_PIECE = 4 * 2**20
"""Bytes of the directory that are read at once"""
_LONGEST = _HEADER.size + 3 * 0xFFFF
_COMMENT = 2**16
"""Bytes that may follow the end record"""
_NEWEST = 63
"""Version of the format, times ten"""
_UTF_8 = 0x800
_LONG_FIELD = 1
_ELSEWHERE = 0xFFFF_FFFF
"""Stands for a number that follows in an extra field; of a size, so does that of 64 bits"""


class Stored(NamedTuple):
    """Where a member is, how large, and how packed."""

    offset: int
    """Of its header in the file; what no file has, where the zip is damaged"""
    packed: int
    """Bytes"""
    size: int
    """Bytes, unpacked"""
    crc: int
    flags: int
    method: int


class _Extent(NamedTuple):
    """Where a directory is."""

    size: int
    offset: int
    """As the zip tells, which may have been put behind something else"""
    end: int


def read_headers(file: IO[bytes]) -> Iterator[tuple[str, Stored]]:
    """All members, folders too, each with its name as it stands in the directory.

    Raises what `zipfile.ZipFile` does if the file is no zip, or if its directory is damaged.
    """
    extent = _extent(file)
    start = extent.end - extent.size
    if start < 0:
        raise BadZipFile("Bad offset for central directory")
    moved = start - extent.offset
    file.seek(start)
    for header, name, extra in _headers(file, extent.size):
        _, version, flags, method, crc, packed, size, *_, offset = header
        text = name.decode(_encoding(name, flags))
        if version > _NEWEST:
            raise NotImplementedError(f"zip file version {version / 10:.1f}")
        if extra:
            size, packed, offset = _long(extra, [size, packed, offset])
        yield text, Stored(offset + moved, packed, size, crc, flags, method)


def _encoding(name: bytes, flags: int) -> str:
    if name.isascii():
        return "ascii"
    return "utf-8" if flags & _UTF_8 else "cp437"


def _extent(file: IO[bytes]) -> _Extent:
    """What the last record of a zip tells, which is its end unless a comment follows."""
    length = file.seek(0, 2)
    at = max(length - _END.size, 0)
    file.seek(at)
    tail = file.read()
    if not (tail.startswith(b"PK\5\6") and tail.endswith(b"\0\0")):
        first = max(at - _COMMENT, 0)
        file.seek(first)
        tail = file.read()
        begin = max(tail.rfind(b"PK\5\6"), 0)
        tail, at = tail[begin:], first + begin
    if len(tail) < _END.size or not tail.startswith(b"PK\5\6"):
        raise BadZipFile("File is not a zip file")
    *_, size, offset, _ = _END.unpack_from(tail)
    return _extent_64(file, at) or _Extent(size, offset, at)


def _extent_64(file: IO[bytes], at: int) -> _Extent | None:
    """What the records of a large zip tell, which stand before its last one, if they are there."""
    if at < _LOCATOR.size:
        return None
    file.seek(at - _LOCATOR.size)
    sign, disk, _, disks = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if sign != b"PK\6\7":
        return None
    if disk != 0 or disks > 1:
        raise BadZipFile("zipfiles that span multiple disks are not supported")
    end = at - _LOCATOR.size - _END_64.size
    if end < 0:
        raise BadZipFile("File is not a zip file")
    file.seek(end)
    sign, *_, size, offset = _END_64.unpack(file.read(_END_64.size))
    return _Extent(size, offset, end) if sign == b"PK\6\6" else None


def _headers(file: IO[bytes], size: int) -> Iterator[tuple[tuple[int, ...], bytes, bytes]]:
    """The numbers of each header, with the member's name and extra fields."""
    data, at, left = b"", 0, size
    while left or at < len(data):
        if left and len(data) - at < _LONGEST:
            data, at = data[at:] + file.read(min(_PIECE, left)), 0
            left -= min(_PIECE, left)
        if len(data) - at < _HEADER.size:
            raise BadZipFile("Truncated central directory")
        sign, *numbers = header = _HEADER.unpack_from(data, at)
        if sign != b"PK\1\2":
            raise BadZipFile("Bad magic number for central directory")
        name = at + _HEADER.size
        extra = name + numbers[6]
        comment = extra + numbers[7]
        yield header, data[name:extra], data[extra:comment]
        at = comment + numbers[8]


def _long(extra: bytes, numbers: list[int]) -> list[int]:
    """A member's size, packed size and offset, from extra fields where its header is too small."""
    while len(extra) >= _FIELD.size:
        kind, length = _FIELD.unpack_from(extra)
        end = _FIELD.size + length
        if end > len(extra):
            raise BadZipFile(f"Corrupt extra field {kind:04x} (size={length})")
        if kind == _LONG_FIELD:
            numbers = _filled(numbers, extra[_FIELD.size : end])
        extra = extra[end:]
    return numbers


def _filled(numbers: list[int], field: bytes) -> list[int]:
    filled: list[int] = []
    at = 0
    for what, number in zip(("File size", "Compress size", "Header offset"), numbers, strict=True):
        long = number
        if number == _ELSEWHERE or (number == 2**64 - 1 and not filled):
            if at + _LONG.size > len(field):
                raise BadZipFile(f"Corrupt zip64 extra field. {what} not found.")
            (long,) = _LONG.unpack_from(field, at)
            at += _LONG.size
        filled.append(long)
    return filled
