"""A program that makes schedulers and workers of Dask: processes, quickly, since they are forked.

usage: python -m tests.classify.farm FOLDER

Its input says what to make, a word a line: "scheduler", which writes FOLDER/scheduler.json, and
"worker", which is made anew when it ends, as Dask's nanny does; "clear" kills all. To these
workers, a content that ends in DEADLY is an image that kills whoever decodes it, and all take a
while.
"""

import asyncio
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from distributed import Scheduler, Worker
from PIL import Image

from galaxyzoo.classify import seeing
from galaxyzoo.images.decoding import decode_and_check

DEADLY = b"deadly"
LOOPBACK = "127.0.0.1"


def decode_with_danger(content: bytes) -> tuple[Image.Image, str]:
    if content.endswith(DEADLY):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.004)
    return decode_and_check(content)


async def schedule(folder: Path) -> None:
    made = Scheduler(
        host=LOOPBACK,
        dashboard_address=f"{LOOPBACK}:0",
        scheduler_file=str(folder / "scheduler.json"),
        allowed_failures=0,
    )
    async with made as scheduler:
        await scheduler.finished()


async def work(folder: Path) -> None:
    made = Worker(
        scheduler_file=str(folder / "scheduler.json"),
        local_directory=str(folder),
        nthreads=1,
        host=LOOPBACK,
        dashboard_address=f"{LOOPBACK}:0",
    )
    async with made as worker:
        await worker.finished()


def fork(action: Callable[[Path], Coroutine[Any, Any, None]], folder: Path) -> int:
    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        asyncio.run(action(folder))
    finally:
        os._exit(0)


class Children:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.actions: dict[int, Callable[[Path], Coroutine[Any, Any, None]]] = {}

    def make(self, word: str) -> None:
        if word == "clear":
            self.clear()
        else:
            action = schedule if word == "scheduler" else work
            self.actions[fork(action, self.folder)] = action

    def clear(self) -> None:
        for process in self.actions:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        self.actions = {}

    def keep(self) -> None:
        """Make anew a worker that ended."""
        ended, _ = os.waitpid(-1, os.WNOHANG) if self.actions else (0, 0)
        if ended and self.actions.pop(ended) is work:
            self.make("worker")


def main() -> None:
    setattr(seeing, decode_and_check.__name__, decode_with_danger)
    children = Children(Path(sys.argv[1]))
    orders = open(sys.stdin.fileno(), "rb", buffering=0)  # noqa: PTH123, SIM115  none is read ahead
    while True:
        if select.select([orders], [], [], 0.02)[0]:
            word = orders.readline().decode().strip()
            if not word:
                return children.clear()
            children.make(word)
        children.keep()


if __name__ == "__main__":
    main()
