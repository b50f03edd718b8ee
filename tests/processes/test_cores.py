"""How many cores may be used: of affinity and of control groups, which are made up here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from galaxyzoo.processes import cores
from galaxyzoo.processes.cores import cgroup_quota, usable_cores
from tests.base.made_groups import write_groups
from tests.conftest import ROOT


def quota(folder: Path, own: str, files: dict[str, str]) -> float | None:
    return cgroup_quota(*write_groups(folder, own, files))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_one_core_of_many() -> None:
    """As `taskset -c 0` lets a process begin."""
    code = "from galaxyzoo.processes.cores import usable_cores; print(usable_cores())"
    first = min(os.sched_getaffinity(0))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        preexec_fn=lambda: os.sched_setaffinity(0, {first}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [("150000 100000\n", 1.5), ("max 100000\n", None), ("50000 100000", 0.5), ("?", None)],
)
def test_version_2(tmp_path: Path, content: str, expected: float | None) -> None:
    assert quota(tmp_path, "0::/job/step\n", {"job/step/cpu.max": content}) == expected


def test_a_group_above_counts_too(tmp_path: Path) -> None:
    files = {"job/cpu.max": "200000 100000", "job/step/cpu.max": "max 100000"}
    assert quota(tmp_path, "0::/job/step\n", files) == 2


def test_inside_a_container_only_the_top_is_seen(tmp_path: Path) -> None:
    assert quota(tmp_path, "0::/docker/abc\n", {"cpu.max": "300000 100000"}) == 3


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
def test_version_1(tmp_path: Path, mount: str) -> None:
    own = "5:memory:/job\n4:cpu,cpuacct:/job\n"
    files = {f"{mount}/job/cpu.cfs_quota_us": "250000", f"{mount}/job/cpu.cfs_period_us": "100000"}
    assert quota(tmp_path, own, files) == 2.5
    files[f"{mount}/job/cpu.cfs_quota_us"] = "-1"
    assert quota(tmp_path, own, files) is None


def test_where_nothing_is_told_there_is_no_quota(tmp_path: Path) -> None:
    assert cgroup_quota(tmp_path / "gone", tmp_path) is None
    assert quota(tmp_path, "nonsense\n\n3:\n", {}) is None


@pytest.mark.parametrize(("own", "expected"), [(0.2, 1), (1.5, 2), (64.0, 3), (None, 3)])
def test_a_part_of_a_core_counts_as_one(
    monkeypatch: pytest.MonkeyPatch, own: float | None, expected: int
) -> None:
    monkeypatch.setattr(cores, "cgroup_quota", lambda: own)
    monkeypatch.setattr(cores, "_affine", lambda: 3)
    assert usable_cores() == expected
