"""What a zip's directory tells of its members, in little memory.

`zipfile` takes some 600 bytes for each member, in objects of Python's; this takes some 120, of
which its name has 70.
"""

import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO
from zipfile import ZipInfo

import numpy as np

from galaxyzoo.images.zip_headers import Stored, read_headers

_ROW = struct.Struct("<q2QL2H")
_FAR = 2**62
"""Further than any file reaches"""


class Directory:
    """The members of a zip but for folders, in the order of its directory.

    A backslash in a name counts as a slash, as Windows writes it.
    """

    def __init__(self, members: Iterable[tuple[str, Stored]]) -> None:
        originals: list[str] = []
        self._rows = bytearray()
        for original, stored in members:
            if not _name(original).endswith("/"):
                offset = max(min(stored.offset, _FAR), -_FAR)
                originals.append(original)
                self._rows += _ROW.pack(offset, *stored[1:])
        self._originals = tuple(originals)
        del originals
        names = tuple(map(_name, self._originals))
        self._names = self._originals if names == self._originals else names
        hashes = np.fromiter(map(hash, self._names), np.int64, len(self._names))
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        hashes.sort()
        self._order, self._hashes = order.data, hashes.data
        self.repeated: Counter[str] = self._repeated(order[1:][hashes[1:] == hashes[:-1]].tolist())
        """How often names stand there that do so more than once"""
        self.names = tuple(dict.fromkeys(self._names)) if self.repeated else self._names
        """Each once"""

    def __iter__(self) -> Iterator[tuple[str, Stored]]:
        """All members, by name."""
        return zip(self._names, map(Stored._make, _ROW.iter_unpack(self._rows)), strict=True)

    def stored(self, name: str) -> list[Stored]:
        """The members of a name, as a rule one; KeyError if there is none."""
        return [self._stored(place) for place in self._places(name)]

    def member(self, name: str) -> ZipInfo:
        """The first member of a name, for `ZipFile.read`; KeyError if there is none."""
        place = self._places(name)[0]
        stored = self._stored(place)
        member = ZipInfo(self._originals[place])
        member.header_offset = stored.offset
        member.compress_size, member.file_size = stored.packed, stored.size
        member.CRC, member.flag_bits, member.compress_type = stored[3:]
        return member

    def _stored(self, place: int) -> Stored:
        return Stored._make(_ROW.unpack_from(self._rows, place * _ROW.size))

    def _places(self, name: str) -> list[int]:
        wanted, found = hash(name), []
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            if self._names[self._order[at]] == name:
                found.append(self._order[at])
            at += 1
        if not found:
            raise KeyError(name)
        return found

    def _repeated(self, suspects: list[int]) -> Counter[str]:
        """Of the names at some places, which all that are repeated are among, those that are."""
        wanted = {self._names[place] for place in suspects}
        counts = Counter(name for name in self._names if name in wanted) if wanted else Counter()
        return Counter({name: number for name, number in counts.items() if number > 1})


def read_directory(file: IO[bytes]) -> Directory:
    """The directory of a zip; raises what `zipfile.ZipFile` does if it is none, or damaged."""
    return Directory(read_headers(file))


def _name(original: str) -> str:
    """What a member is called: of a name with NUL, as `zipfile` has it, what stands before."""
    return original.partition("\0")[0].replace("\\", "/")
