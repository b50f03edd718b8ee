"""How much memory may be used, of control groups, which are made up here; what is kept of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from galaxyzoo.base import memory
from galaxyzoo.base.memory import cgroup_limit, usable_memory
from tests.base.made_groups import write_groups


def limit(folder: Path, own: str, files: dict[str, str]) -> int | None:
    return cgroup_limit(*write_groups(folder, own, files))


def test_the_least_of_a_group_and_those_above_it(tmp_path: Path) -> None:
    files = {"job/memory.max": "2000\n", "job/step/memory.max": "max\n", "memory.max": "3000\n"}
    assert limit(tmp_path, "0::/job/step\n", files) == 2000


def test_version_1(tmp_path: Path) -> None:
    own = "5:cpu:/job\n4:memory:/job\n"
    assert limit(tmp_path, own, {"memory/job/memory.limit_in_bytes": "4000\n"}) == 4000


@pytest.mark.parametrize("said", ["max", "", "?", "0"])
def test_no_limit(tmp_path: Path, said: str) -> None:
    assert limit(tmp_path, "0::/job\n", {"job/memory.max": said}) is None
    assert cgroup_limit(tmp_path / "gone", tmp_path) is None


@pytest.mark.parametrize(("own", "expected"), [(10**6, 10**6), (2**63 - 4096, None), (None, None)])
def test_never_more_than_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, own: int | None, expected: int | None
) -> None:
    monkeypatch.setattr(memory, "cgroup_limit", lambda: None)
    machine = usable_memory()
    assert 10**8 < machine < 10**14
    monkeypatch.setattr(memory, "cgroup_limit", lambda: own)
    assert usable_memory() == (expected or machine)


_PAGES = """
import resource, sys
from galaxyzoo.base.memory import keep_freed_memory
if sys.argv[1:]:
    keep_freed_memory()
def block():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    bytearray(b"1") * 2**26
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
block()
print(block() * resource.getpagesize())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told to")
def test_freed_memory_is_kept_when_it_is_asked_for() -> None:
    def fetched_again(*asked: str) -> int:
        return int(subprocess.check_output([sys.executable, "-c", _PAGES, *asked]))

    assert fetched_again() >= 2**26
    assert fetched_again("keep") < 2**20
