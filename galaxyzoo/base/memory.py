"""How much memory this process may use: of a machine that others share, often not all."""

import os
from pathlib import Path

from galaxyzoo.base.cgroups import MOUNTED, OWN, own_groups, words


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
