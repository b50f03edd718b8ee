"""The stages of dvc.yaml: each reads params and inputs, calls galaxyzoo, and writes outputs."""

import os
import sys

from galaxyzoo.base.endings import leave_at_once_when_interrupted, told
from galaxyzoo.base.parents import end_with_dvc
from galaxyzoo.base.places import STORE, interrupted_words, is_first

if sys.argv[:1] == ["-m"]:  # a stage runs, and imports what it needs next
    leave_at_once_when_interrupted(interrupted_words())
    end_with_dvc()

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm.contrib.logging import logging_redirect_tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import try_lock
from galaxyzoo.base.versions import check_versions

_LOCKS = Path(".dvc/tmp")
"""DVC's own folder for such, which git ignores; where it isn't, nothing is locked"""
_PATIENCE = 5.0  # seconds: one whose DVC was killed is about to end
_TO_BE_ENDED = 1.0  # seconds in which the others end that were started with one that failed


def run(stage: Callable[[], None]) -> None:
    """Run `stage`; what a user, a disk or a signal did is told without a traceback.

    The exit code is then 1, or that of the signal. What it logs stands on lines of its own, above
    a progress bar if there is one. The same stage doesn't run twice at a time in a project. Of
    several processes that torchrun started, only the first logs.
    """
    level = logging.INFO if is_first() else logging.CRITICAL
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stdout)
    logging.raiseExceptions = False  # a log that nobody reads stops no work
    with (
        told(interrupted=interrupted_words()),
        _first_tells(),
        _alone(_name()),
        logging_redirect_tqdm(),
    ):
        check_versions()
        stage()


def _name() -> str:
    """Of the stage that is run by ``python -m stages.NAME``."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return "stage" if spec is None else str(spec.name).rpartition(".")[2]


@contextmanager
def _first_tells() -> Iterator[None]:
    """What stops all of several processes is told once: the others are ended before they tell."""
    try:
        yield
    except Exception:
        if not is_first():
            time.sleep(_TO_BE_ENDED)
        raise


@contextmanager
def _alone(name: str) -> Iterator[None]:
    # of several processes one holds the lock: who started them, or the first
    if not _LOCKS.is_dir() or STORE in os.environ or not is_first():
        yield
        return
    with (_LOCKS / f"{name}.lock").open("ab") as file:
        deadline = time.monotonic() + _PATIENCE
        while not try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise UserError(f"{name}: is already running in this folder; wait until it is done")
            time.sleep(0.1)
        yield
