"""Processes that share work: in order, and none outlives the main one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.processes.workers import WorkersError, in_processes
from tests.conftest import ROOT

PROGRAM = """
import sys, time
from pathlib import Path
from galaxyzoo.base.endings import told
from galaxyzoo.processes.workers import in_processes

def work(item):
    Path(f"{item}.begun").touch()
    time.sleep(1_000)

with told():
    list(in_processes(work, range(2), 2))
"""


def double(item: int) -> int:
    time.sleep(0.02 * (item % 3))  # others overtake it
    return 2 * item


def refuse(item: int) -> int:
    if item == 3:
        raise UserError("3 is bad")
    return item


def kill_itself(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def sleep_long(item: int) -> int:
    if item:
        time.sleep(1_000)
    return item


def descendants() -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def test_results_are_in_order() -> None:
    assert list(in_processes(double, range(20), 3)) == list(range(0, 40, 2))


def test_only_a_few_are_taken_ahead() -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(1_000):
            taken.append(item)
            yield item

    with closing(in_processes(double, items(), 2)) as results:
        next(results)
        assert len(taken) < 20


@pytest.mark.parametrize(
    ("action", "kind", "message"),
    [
        (refuse, UserError, "3 is bad"),
        (kill_itself, WorkersError, "a worker process was killed, perhaps because memory ran out"),
    ],
)
def test_what_stops_one_stops_all(
    action: Callable[[int], int], kind: type[UserError], message: str
) -> None:
    before = descendants()
    with pytest.raises(kind, match=message):
        list(in_processes(action, range(100), 2))
    assert descendants() == before


def test_who_needs_no_more_does_not_wait() -> None:
    before = descendants()
    with closing(in_processes(sleep_long, range(5), 2)) as results:
        assert next(results) == 0
    assert descendants() == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_the_main_process(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while len(list(tmp_path.glob("*.begun"))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        workers = psutil.Process(process.pid).children()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        _, alive = psutil.wait_procs(workers, timeout=30)
    assert len(workers) == 2
    assert not alive
    expected = {
        signal.SIGKILL: (-signal.SIGKILL, ""),
        signal.SIGTERM: (143, "interrupted\n"),
        signal.SIGINT: (130, "interrupted\n"),
    }
    assert (process.returncode, said) == expected[number]
