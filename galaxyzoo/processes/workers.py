"""Processes that share some work: results in order, and no process that outlives the main one."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.parents import end_with_parent

In = TypeVar("In")
Out = TypeVar("Out")

AHEAD = 3
"""Results that are waited for at a time, for each worker"""


class WorkersError(UserError):
    """A worker process is gone."""


KILLED = (
    "a worker process was killed, perhaps because memory ran out; "
    "the same command can be given again"
)


class Pool:
    """Processes of this machine, made when there is work for them. No two may be made at a time."""

    def __init__(
        self,
        workers: int,
        start: Callable[..., None] | None = None,
        given: tuple[Any, ...] = (),
    ) -> None:
        """Each process begins with ``start(*given)``."""
        self.workers = workers
        self._begin = (os.getpid(), start, given)
        self._others = set(multiprocessing.active_children())
        self._pool = self._make()

    def submit(self, action: Callable[[In], Out], item: In) -> Future[Out]:
        return self._pool.submit(action, item)

    def renew(self) -> None:
        """Have new processes, as after one was killed, which ends all of a pool."""
        self.close(at_once=True)
        self._pool = self._make()

    def close(self, at_once: bool) -> None:
        """Wait for the work that has begun; or kill the processes, in the middle of it."""
        if at_once:
            for worker in set(multiprocessing.active_children()) - self._others:
                worker.kill()
        self._pool.shutdown(cancel_futures=True)

    def _make(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, _context(), _begin, self._begin)


def in_processes(
    action: Callable[[In], Out],
    items: Iterable[In],
    workers: int,
    start: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Generator[Out]:
    """What `action` makes of each of `items`, in order, in so many `workers`.

    Each begins with ``start(*given)``. Only a few results are held at a time. Whatever stops this,
    an exception, a signal or a `close`, kills the workers at once, in the middle of their work.
    Raises WorkersError if one of them is killed, and what `action` raises.
    """
    pool = Pool(workers, start, given)
    waiting: deque[Future[Out]] = deque()
    at_once = True
    try:
        for item in items:
            waiting.append(pool.submit(action, item))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        at_once = False
    except BrokenProcessPool as error:
        raise WorkersError(KILLED) from error
    finally:
        pool.close(at_once)


def _context() -> BaseContext:
    """Where it is safe, a fork: it shares torch and a zip's directory, some 0.3 GB, in memory.

    Until then torch must not have computed with more than one thread.
    """
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _begin(main: int, start: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    """What each worker does first."""
    # Ctrl-C is for the main process to handle, which then ends its workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(main)
    threading.Thread(target=_end_with_main, daemon=True).start()
    if start is not None:
        start(*given)
    gc.freeze()  # else the collector walks the directory of a large zip again and again


def _end_with_main() -> None:
    """End this process when the main one is gone: a pool's workers would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
