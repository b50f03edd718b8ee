"""Pieces of work in order, also where a piece ends the process that does it, as a hostile file can.

Who did it is found by doing pieces alone, while no other is under way: so none is blamed for
another. A piece that ends its process is halved, and each half done alone, until what is left is a
single item. Then the whole piece is done without those items: with the same result as if they had
been refused.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from typing import Generic, Protocol, Self, TypeVar

from galaxyzoo.processes.engines import Engine
from galaxyzoo.processes.workers import AHEAD, KILLED, WorkersError

TRIES = 2
"""How often an item must end a process, alone in it, to be left out"""
MOST_IN_A_ROW = 8
"""Items that do so with nothing done between them: then it is the machine that can't work"""

_LOOK = 1.0  # seconds, after which there may be more workers to give work to


class Divisible(Protocol):
    """A piece of work on some items."""

    def __len__(self) -> int:
        """How many items are in it."""
        ...

    def halves(self) -> tuple[Self, Self]:
        """Two pieces, of one item each at least."""
        ...

    def without(self, others: list[Self]) -> Self:
        """The same without the items of `others`, each a piece of one: they end a process."""
        ...


Piece = TypeVar("Piece", bound=Divisible)
Out = TypeVar("Out")


class _KilledError(Exception):
    """A piece that was alone ended its process."""


class _Pieces(Generic[Piece, Out]):
    def __init__(self, engine: Engine, action: Callable[[Piece], Out]) -> None:
        self._engine = engine
        self._action = action
        self._under_way: deque[tuple[Piece, Future[Out]]] = deque()
        self._in_a_row = 0

    def results(self, pieces: Iterator[Piece]) -> Generator[Out]:
        more = True
        while more or self._under_way:
            while more and len(self._under_way) < self._engine.width():
                piece = next(pieces, None)
                more = piece is not None
                if piece is not None:
                    self._submit(piece)
            if self._under_way and (done := self._first()) is not None:
                yield done.result()

    def cancel(self) -> None:
        """Have nothing begun that hasn't."""
        for _, future in self._under_way:
            future.cancel()

    def _submit(self, piece: Piece) -> None:
        self._under_way.append((piece, self._engine.submit(self._action, piece)))

    def _first(self) -> Future[Out] | None:
        """The result of the first piece; None if it isn't there yet."""
        _, future = self._under_way[0]
        if not wait([future], _LOOK).done:
            return None
        if self._ended_a_process(future):
            self._rescue()
        return self._under_way.popleft()[1]

    def _ended_a_process(self, future: Future[Out]) -> bool:
        try:
            error = future.exception()
        except CancelledError as cancelled:
            error = cancelled
        return error is not None and self._engine.ended_a_process(error)

    def _rescue(self) -> None:
        """Do again what was lost, each piece alone, once nothing is under way any more.

        Of many pieces that were lost only the first can have begun; the others wait their turn.
        """
        wait([future for _, future in self._under_way])
        self._engine.renew()
        lost = [
            place
            for place, (_, future) in enumerate(self._under_way)
            if self._ended_a_process(future)
        ]
        begun = self._engine.width() // AHEAD + 1
        for place in lost[:begun]:
            piece, _ = self._under_way[place]
            self._under_way[place] = (piece, _done(self._alone(piece)))
        for place in lost[begun:]:
            piece, _ = self._under_way[place]
            self._under_way[place] = (piece, self._engine.submit(self._action, piece))

    def _alone(self, piece: Piece) -> Out:
        try:
            return self._do(piece)
        except _KilledError:
            culprits = self._search(piece)
        try:
            return self._do(piece.without(culprits))
        except _KilledError as error:  # no single item does it: there is too little memory for all
            raise WorkersError(KILLED) from error

    def _search(self, piece: Piece) -> list[Piece]:
        """The items of a piece that ended its process, which do so alone, each as a piece."""
        if len(piece) == 1:
            return [piece] if self._kills_again(piece) else []
        return [
            found for half in piece.halves() if self._kills(half) for found in self._search(half)
        ]

    def _kills_again(self, item: Piece) -> bool:
        if not all(self._kills(item) for _ in range(TRIES - 1)):
            return False
        self._in_a_row += 1
        if self._in_a_row > MOST_IN_A_ROW:
            raise WorkersError(KILLED)
        return True

    def _kills(self, piece: Piece) -> bool:
        try:
            self._do(piece)
        except _KilledError:
            return True
        self._in_a_row = 0
        return False

    def _do(self, piece: Piece) -> Out:
        """The result of a piece that is under way alone."""
        future = self._engine.submit(self._action, piece)
        while not wait([future], _LOOK).done:
            self._engine.width()  # which tells if there is nobody to do it
        if self._ended_a_process(future):
            self._engine.renew()
            raise _KilledError
        return future.result()


def _done(result: Out) -> Future[Out]:
    future: Future[Out] = Future()
    future.set_result(result)
    return future


def in_order(
    engine: Engine, action: Callable[[Piece], Out], pieces: Iterable[Piece]
) -> Generator[Out]:
    """What `action` makes of each of `pieces`, in order; only a few are held at a time.

    Items that end the process that does them are left out, see above. Whatever stops this closes
    the engine at once. Raises WorkersError if it can't work any more, and what `action` raises.
    """
    run = _Pieces(engine, action)
    at_once = True
    try:
        yield from run.results(iter(pieces))
        at_once = False
    finally:
        run.cancel()
        engine.close(at_once)
