"""What does the work: processes of this machine, or any `concurrent.futures.Executor`."""

import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import Any, Protocol, TypeVar

from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import AHEAD, KILLED, Pool, WorkersError

In = TypeVar("In")
Out = TypeVar("Out")

_COUNT_AGAIN = 5.0  # seconds, after which other workers may have come


class Engine(Protocol):
    """Who does pieces of work, in other processes."""

    def submit(self, action: Callable[[In], Out], item: In) -> Future[Out]:
        """Have ``action(item)`` done; both must be picklable."""
        ...

    def width(self) -> int:
        """How many pieces are to be under way at a time: enough that nobody waits for work."""
        ...

    def ended_a_process(self, error: BaseException) -> bool:
        """Whether a piece's `error` is that a process ended that had it.

        The piece may be at fault, or another one that this process had, or nobody's. Raises
        WorkersError if no more work can be done.
        """
        ...

    def renew(self) -> None:
        """Make the engine ready for work again after that. Pieces under way are lost."""
        ...

    def close(self, at_once: bool) -> None:
        """At the end of all work, or `at_once`, in the middle of it."""
        ...


class OwnProcesses:
    """A pool that is made for the work, and anew when a process of it was killed."""

    def __init__(
        self, workers: int, start: Callable[..., None], given: tuple[Any, ...] = ()
    ) -> None:
        self._pool = Pool(workers, start, given)

    def submit(self, action: Callable[[In], Out], item: In) -> Future[Out]:
        return self._pool.submit(action, item)

    def width(self) -> int:
        return AHEAD * self._pool.workers

    def ended_a_process(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def renew(self) -> None:
        self._pool.renew()

    def close(self, at_once: bool) -> None:
        self._pool.close(at_once)


class AnyExecutor:
    """An executor that somebody else made, and will end."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self._counted, self._workers = -_COUNT_AGAIN, 0

    def submit(self, action: Callable[[In], Out], item: In) -> Future[Out]:
        return self.executor.submit(action, item)

    def width(self) -> int:
        now = time.monotonic()
        if now - self._counted >= _COUNT_AGAIN:
            self._counted, self._workers = now, self.workers()
        return AHEAD * max(self._workers, 1)

    def workers(self) -> int:
        """Executors of the standard library, and of mpi4py, know how many they have."""
        told = (getattr(self.executor, name, None) for name in ("_max_workers", "num_workers"))
        return next((own for own in told if isinstance(own, int)), usable_cores())

    def ended_a_process(self, error: BaseException) -> bool:
        if isinstance(error, BrokenExecutor | CancelledError):  # nothing can be given to it again
            raise WorkersError(KILLED) from error
        return False

    def renew(self) -> None:
        """Nothing is to be done: what breaks is told by `ended_a_process`."""

    def close(self, at_once: bool) -> None:
        """Whoever made the executor ends it."""
