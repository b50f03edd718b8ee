"""A process that ends with the one that started it: its pool, or the DVC that runs a stage."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from galaxyzoo.base.places import is_one_of_several

_BY_SIGNAL = 128  # shells add it to the number of the signal that ended a program
_LOOK = 0.25 if sys.platform == "linux" else 1.0  # seconds between looks whether DVC is there
_TO_TIDY = 3.0  # seconds between the signal to end and the end
_PR_SET_PDEATHSIG = 1  # of Linux's prctl


def end_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Let the system send signal `number` to this process when its `parent` is gone.

    Only Linux does that; nothing happens elsewhere.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # gone before
            os._exit(_BY_SIGNAL + number)


def end_with_dvc() -> None:
    """End when DVC is gone, if it runs this process, and any shell between the two.

    A stage that goes on alone would write while the next `dvc repro` does. One of several processes
    of a training ends with who started them, too.
    """
    if "DVC_STAGE" not in os.environ and not is_one_of_several():
        return
    links = _links_to_dvc()
    end_with_parent(links[0][1], signal.SIGTERM)
    threading.Thread(target=_end_with, args=(links,), daemon=True).start()


def _links_to_dvc() -> list[tuple[int, int]]:
    """The process and its parent; where that is a shell, the shell and its parent; and so on."""
    links = [(os.getpid(), os.getppid())]
    while _is_shell(links[-1][1]) and (above := _parent_of(links[-1][1])) is not None:
        links.append((links[-1][1], above))
    return links


def _end_with(links: list[tuple[int, int]]) -> None:
    while all(_parent_of(child) == parent for child, parent in links):
        time.sleep(_LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_TO_TIDY)
    os._exit(_BY_SIGNAL + signal.SIGTERM)


def _is_shell(process: int) -> bool:
    program = Path(_told_of(process, "comm")).name
    return program.lstrip("-") in ("sh", "bash", "dash", "zsh", "fish", "ksh", "ash", "busybox")


def _parent_of(process: int) -> int | None:
    if process == os.getpid():
        return os.getppid()
    told_of = _told_of(process, "ppid")
    return int(told_of) if told_of.isdecimal() else None


def _told_of(process: int, what: str) -> str:
    """The "comm" (name of the program) or "ppid" of a process; empty if it is gone."""
    try:
        if sys.platform == "linux":
            # "number (comm) state ppid ...", where comm can hold anything
            begin, _, rest = Path(f"/proc/{process}/stat").read_text().rpartition(")")
            return begin.partition("(")[2] if what == "comm" else rest.split()[1]
        command = ["ps", "-o", f"{what}=", "-p", str(process)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except (OSError, IndexError, UnicodeDecodeError):
        return ""
