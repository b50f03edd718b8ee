"""Memory: how much this process may use, and what it does with what it no longer needs."""

import ctypes
import os
import sys
from pathlib import Path

from galaxyzoo.base.cgroups import MOUNTED, OWN, own_groups, words

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # names of malloc.h
_KEPT = 2**31 - 1  # bytes
_LARGE = 2**30  # bytes


def usable_memory() -> int:
    """Bytes: the machine's memory, or the limit of a container or a job where that is lower.

    Not what is free: it is the same at each start.
    """
    limit, there = cgroup_limit(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return there if limit is None else min(limit, there)


def cgroup_limit(own: Path = OWN, mounted: Path = MOUNTED) -> int | None:
    """The least limit in bytes of this process's control groups, of version 1 or 2.

    Each group above it counts, too. None: there is no limit.
    """
    said = [
        "".join(words(group / name))
        for group in own_groups("memory", own, mounted)
        for name in ("memory.max", "memory.limit_in_bytes")
    ]
    return min((int(limit) for limit in said if limit.isdecimal() and int(limit) > 0), default=None)


def keep_freed_memory() -> None:
    """Let this process keep memory that it frees for what it needs next.

    A network asks for the same large blocks at each pass. glibc gives them back to the system in
    between, which then has to find and to clear each page anew: that takes a tenth of the time.
    Nothing happens where there is no glibc.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
