"""How many cores this process may use: of a machine that others share, often not all."""

import os
from math import ceil
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
"""Which groups this process is in: a line "number:controllers:/path" for each hierarchy"""


def usable_cores() -> int:
    """The cores that affinity (`taskset`, a batch system) and CPU quotas (containers) leave.

    A quota of one and a half cores counts as two.
    """
    quota = cgroup_quota()
    return max(1, _affine() if quota is None else min(_affine(), ceil(quota)))


def _affine() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cgroup_quota(own: Path = _OWN, mounted: Path = _CGROUPS) -> float | None:
    """The least quota in cores of this process's control groups, of version 1 or 2.

    Each group above it counts, too. None: there is no quota.
    """
    try:
        lines = own.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    quotas = [quota for line in lines for quota in _quotas(line, mounted)]
    return min(quotas, default=None)


def _quotas(line: str, mounted: Path) -> list[float]:
    """The quotas along the path of one hierarchy, in which this process is."""
    _, controllers, path = [*line.split(":", 2), "", ""][:3]
    if not controllers:
        tops, read = (mounted, mounted / "unified"), _quota_2
    elif "cpu" in controllers.split(","):
        tops, read = (mounted / "cpu", mounted / controllers), _quota_1
    else:
        return []
    inside = Path(path.lstrip("/"))
    # in a container the path can be that of the host, of which only the top is to be seen
    groups = [top / part for top in tops for part in (inside, *inside.parents, Path())]
    return [quota for quota in map(read, groups) if quota is not None]


def _quota_2(group: Path) -> float | None:
    """Of a file such as "150000 100000": microseconds in each period of so many, or "max"."""
    return _share(*[*_words(group / "cpu.max"), "", ""][:2])


def _quota_1(group: Path) -> float | None:
    """The same in two files; -1 is no quota."""
    names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    quota, period = ("".join(_words(group / name)) for name in names)
    return _share(quota, period)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except (OSError, UnicodeDecodeError):
        return []


def _share(quota: str, period: str) -> float | None:
    if not (quota.isdecimal() and period.isdecimal()) or int(period) == 0 or int(quota) == 0:
        return None
    return int(quota) / int(period)
