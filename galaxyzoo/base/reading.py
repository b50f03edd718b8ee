"""Files to read from that aren't what `open` gives: all they need is bytes from some place on."""

import errno
import io
import os
from abc import abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class FileOfPlaces(io.RawIOBase):
    """A file for reading, made of what gives its size, and its bytes from any place on."""

    _position = 0

    @abstractmethod
    def size(self) -> int:
        """In bytes."""

    @abstractmethod
    def read_at(self, start: int, count: int) -> bytes:
        """At most `count` bytes from `start` on; none beyond the end."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origins = {os.SEEK_SET: 0, os.SEEK_CUR: self._position}
        start = origins[whence] if whence in origins else self.size()
        if start + offset < 0:
            raise OSError(errno.EINVAL, "seek to before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        content = self.read_at(self._position, len(target))
        target[: len(content)] = content
        self._position += len(content)
        return len(content)
