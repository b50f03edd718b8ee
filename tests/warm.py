"""`python -m MODULE` in a process of its own, forked from one that has imported torch and pandas.

Starting Python and importing them takes far longer than what most messages of errors take.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping
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
    if sys.platform == "win32":
        pytest.skip("nothing forks here")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    with TemporaryDirectory() as place:
        told = [Path(place) / name for name in ("out", "err")]
        given = (folder, [module, *arguments], dict(variables or {}), told)
        process = context.Process(target=_run, args=given)
        process.start()
        process.join()
        out, err = (path.read_text() for path in told)
        assert process.exitcode is not None
        return subprocess.CompletedProcess([module, *arguments], process.exitcode, out, err)


def _run(folder: Path, command: list[str], variables: dict[str, str], told: list[Path]) -> None:
    module, *arguments = command
    for number, path in enumerate(told, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ |= variables
    sys.argv = ["-m", *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
