"""How many cores this process may use: of a machine that others share, often not all."""

import os
from math import ceil
from pathlib import Path

from galaxyzoo.base.cgroups import MOUNTED, OWN, own_groups, words


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


def cgroup_quota(own: Path = OWN, mounted: Path = MOUNTED) -> float | None:
    """The least quota in cores of this process's control groups, of version 1 or 2.

    Each group above it counts, too. None: there is no quota.
    """
    groups = own_groups("cpu", own, mounted)
    quotas = [quota for group in groups for quota in (_quota_1(group), _quota_2(group))]
    return min((quota for quota in quotas if quota is not None), default=None)


def _quota_2(group: Path) -> float | None:
    """Of a file such as "150000 100000": microseconds in each period of so many, or "max"."""
    return _share(*[*words(group / "cpu.max"), "", ""][:2])


def _quota_1(group: Path) -> float | None:
    """The same in two files; -1 is no quota."""
    names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    quota, period = ("".join(words(group / name)) for name in names)
    return _share(quota, period)


def _share(quota: str, period: str) -> float | None:
    if not (quota.isdecimal() and period.isdecimal()) or int(period) == 0 or int(quota) == 0:
        return None
    return int(quota) / int(period)
