"""Arrays in memory-mapped files: read ahead in one sweep, and given back."""

import mmap
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Images = NDArray[np.uint8] | Tensor
"""uint8 [N, H, W, 3]; where they are no map of a file, nothing here does anything"""

_AT_ONCE = 2**22  # bytes


def read_ahead(images: Images, first: int, end: int) -> None:
    """Read the rows from `first` to before `end`, so that they are in the system's cache.

    To touch them through the map would bring in as much, in pieces and not in order.
    """
    if not isinstance(images, np.memmap) or images.filename is None:
        return
    row_bytes, into = images[0].nbytes, memoryview(bytearray(_AT_ONCE))
    left = (end - first) * row_bytes
    with Path(images.filename).open("rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):  # else some systems read megabytes beyond
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        file.seek(images.offset + first * row_bytes)
        while left > 0 and (got := file.readinto(into[:left])):
            left -= got


def release(images: Images) -> None:
    """No longer count what was read through a map as memory of this process.

    It stays in the system's cache as long as there is room, and in the file.
    """
    own = images.base if isinstance(images, np.memmap) else None
    if isinstance(own, mmap.mmap) and not images.flags.writeable:  # else changes would be lost
        own.madvise(mmap.MADV_DONTNEED)
