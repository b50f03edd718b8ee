"""Starts the processes of a training on this machine, and ends them all if one of them fails.

torchrun does the same, over several machines too. This one opens no port for them to meet, and what
happened is one line.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.places import STORE, is_one_of_several

PROCESSES = "GALAXYZOO_TRAIN_PROCESSES"
"""The variable of the environment that says in how many processes of this machine networks train"""

_MOST = 1024
_BLINK = 0.1  # seconds
_TO_TIDY = 1.0  # seconds between the signal to end and the end

Process = subprocess.Popen[bytes]


class KilledError(UserError):
    """A process of a training was killed."""


def processes_to_start() -> int:
    """How many the environment asks for; 1, this one, if it is one of several already."""
    said = os.environ.get(PROCESSES, "1")
    if not (said.isdecimal() and 1 <= int(said) <= _MOST):
        raise UserError(f"{PROCESSES} is {said!r}; it has to be a whole number from 1 to {_MOST}")
    return 1 if is_one_of_several() else int(said)


def launch(command: Sequence[str], count: int, threads: int) -> None:
    """Run `command` as `count` processes of one training, each on so many `threads`.

    If one of them fails, the others are ended, and so is this process, with its exit code: it has
    told the reason itself. Raises KilledError if a signal ended it.
    """
    with TemporaryDirectory() as folder:
        running: list[Process] = []
        try:
            for rank in range(count):
                own = _environment(rank, count, Path(folder) / "store", threads)
                running.append(subprocess.Popen(command, env=own))
            _wait(running)
        finally:
            _end(running)


def _environment(rank: int, count: int, store: Path, threads: int) -> dict[str, str]:
    places = {"RANK": rank, "WORLD_SIZE": count, "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": count}
    said = {name: str(number) for name, number in places.items()}
    return {"OMP_NUM_THREADS": str(threads)} | os.environ | said | {STORE: str(store)}


def _wait(running: list[Process]) -> None:
    while None in (codes := [process.poll() for process in running]) or any(codes):
        for rank, code in enumerate(codes):
            if code:
                _end_as(rank, len(running), code)
        time.sleep(_BLINK)


def _end_as(rank: int, count: int, code: int) -> NoReturn:
    if code > 0:
        raise SystemExit(code)
    by = signal.Signals(-code)
    perhaps = ", perhaps because memory ran out" if by == signal.SIGKILL else ""
    raise KilledError(
        f"process {rank} of {count} of this training was killed ({by.name}){perhaps}; "
        "the same command goes on after the last whole epoch"
    )


def _end(running: list[Process]) -> None:
    for process in running:
        process.terminate()  # nothing happens if it has ended
    deadline = time.monotonic() + _TO_TIDY
    while any(process.poll() is None for process in running) and time.monotonic() < deadline:
        time.sleep(_BLINK / 10)
    for process in running:
        process.kill()
        process.wait()
