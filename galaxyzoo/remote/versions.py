"""The versions of many objects, in little memory."""

import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Self

from galaxyzoo.remote.requests import Version

_ROW = struct.Struct("<QQ")  # an object's size, and where its mark ends among all marks


class Versions:
    """Those of objects by name, in the order of the names: some 60 bytes each beside the name."""

    def __init__(self, found: Iterable[tuple[str, Version]]) -> None:
        """Takes them one by one, in the order of their names; `of` takes any."""
        names: list[str] = []
        self._rows, self._marks = bytearray(), bytearray()
        for name, version in found:
            names.append(name)
            self._marks += version.mark.encode()
            self._rows += _ROW.pack(version.size, len(self._marks))
        self.names = tuple(names)
        """Each once"""

    @classmethod
    def of(cls, found: Iterable[tuple[str, Version]]) -> Self:
        own = cls(found)
        in_order = all(early < late for early, late in pairwise(own.names))
        return own if in_order else cls(sorted(dict(own).items()))

    def __iter__(self) -> Iterator[tuple[str, Version]]:
        return ((name, self._at(place)) for place, name in enumerate(self.names))

    def __getitem__(self, name: str) -> Version:
        """KeyError if there is none."""
        place = bisect_left(self.names, name)
        if place == len(self.names) or self.names[place] != name:
            raise KeyError(name)
        return self._at(place)

    def _at(self, place: int) -> Version:
        start = _ROW.unpack_from(self._rows, (place - 1) * _ROW.size)[1] if place else 0
        size, end = _ROW.unpack_from(self._rows, place * _ROW.size)
        return Version(size, self._marks[start:end].decode())
