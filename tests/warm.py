"""`python -m MODULE` in a process of its own, forked from one that has imported torch and pandas.

Starting Python and importing them takes far longer than what most messages of errors take.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

HEAVY = ["pandas", "pyarrow", "torch", "torchvision"]


def run_warm(
    folder: Path, module: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module in `folder` as ``python -m`` does, and wait for its end.

    It has nothing of this process, as after a fork of it, but standard output and error are files.
    """
    with started_warm(folder, module, *arguments, variables=variables) as started:
        code = started.end()
        return subprocess.CompletedProcess([module, *arguments], code, *started.said())


@dataclass(frozen=True)
class Started:
    """A process that runs, and what it has printed so far."""

    process: BaseProcess
    streams: tuple[Path, Path]

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def end(self) -> int:
        """Wait for its end; its exit code, which is negative if a signal ended it."""
        self.process.join()
        assert self.process.exitcode is not None
        return self.process.exitcode

    def said(self) -> tuple[str, str]:
        """To standard output, and to standard error."""
        out, err = (path.read_text() for path in self.streams)
        return out, err


@contextmanager
def started_warm(
    folder: Path, module: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[Started]:
    """The same, without waiting; whoever starts it ends it, too."""
    if sys.platform == "win32":
        pytest.skip("nothing forks here")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    with TemporaryDirectory() as place:
        streams = Path(place) / "out", Path(place) / "err"
        for stream in streams:
            stream.touch()
        given = (folder, [module, *arguments], dict(variables or {}), streams)
        process = context.Process(target=_run, args=given)
        process.start()
        yield Started(process, streams)


def _run(folder: Path, command: list[str], variables: dict[str, str], told: Sequence[Path]) -> None:
    module, *arguments = command
    for number, path in enumerate(told, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ |= variables
    sys.argv = ["-m", *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
