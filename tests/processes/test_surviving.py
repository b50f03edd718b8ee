"""Pieces of work that end their process: found and left out, and nothing else is."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from galaxyzoo.processes import surviving
from galaxyzoo.processes.engines import AnyExecutor, OwnProcesses
from galaxyzoo.processes.surviving import MOST_IN_A_ROW, TRIES, in_order
from galaxyzoo.processes.workers import WorkersError
from tests.processes.test_workers import descendants


@dataclass(frozen=True)
class Numbers:
    """A piece of work."""

    items: tuple[int, ...]
    marks: Path
    """Folder in which each attempt leaves a mark"""
    deadly: frozenset[int] = frozenset()
    at_once: int = 1_000
    """With more items than that, there is too little memory"""
    once: int = -1
    """Is deadly once"""
    left_out: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def halves(self) -> "tuple[Numbers, Numbers]":
        middle = len(self) // 2
        return replace(self, items=self.items[:middle]), replace(self, items=self.items[middle:])

    def without(self, others: "list[Numbers]") -> "Numbers":
        return replace(self, left_out=tuple(one for other in others for one in other.items))


def do(piece: Numbers) -> tuple[tuple[int, ...], tuple[int, ...]]:
    done = [one for one in piece.items if one not in piece.left_out]
    for item in done:
        attempt = piece.marks / f"{item}-{len(list(piece.marks.glob(f'{item}-*')))}"
        if item in piece.deadly or (item == piece.once and not attempt.name.endswith("-1")):
            attempt.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if len(done) > piece.at_once:
        os.kill(os.getpid(), signal.SIGKILL)
    return tuple(done), piece.left_out


def nothing() -> None:
    pass


def run(pieces: list[Numbers], workers: int = 2) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return list(in_order(OwnProcesses(workers, nothing), do, pieces))


def pieces(*, number: int, size: int, first: Numbers) -> Iterator[Numbers]:
    for start in range(0, number * size, size):
        yield replace(first, items=tuple(range(start, start + size)))


def test_the_deadly_are_left_out_and_all_else_is_done_once_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surviving, "MOST_IN_A_ROW", 2)  # and three are deadly in all
    deadly = frozenset({13, 14, 39})
    given = list(pieces(number=10, size=4, first=Numbers((), tmp_path, deadly)))
    before = descendants()
    done = run(given)
    assert [items for items, _ in done] == [
        tuple(item for item in piece.items if item not in deadly) for piece in given
    ]
    assert [item for _, left_out in done for item in left_out] == [13, 14, 39]
    # with others, alone in the piece, in each half, and alone: not for ever
    assert len(list(tmp_path.glob("39-*"))) <= 4 + TRIES
    assert descendants() == before


def test_what_ends_a_process_once_is_done_again(tmp_path: Path) -> None:
    given = list(pieces(number=5, size=4, first=Numbers((), tmp_path, once=9)))
    assert run(given) == [(piece.items, ()) for piece in given]


@pytest.mark.parametrize("first", ["deadly", "at_once"])
def test_a_machine_that_cannot_work_is_told(tmp_path: Path, first: str) -> None:
    """All items end their process; or all together, and none alone."""
    deadly = frozenset(range(64)) if first == "deadly" else frozenset()
    given = Numbers(tuple(range(16)), tmp_path, deadly, at_once=3)
    before = descendants()
    with pytest.raises(WorkersError, match="was killed, perhaps because memory ran out"):
        run([given], workers=1)
    assert descendants() == before
    tried = {mark.name.partition("-")[0] for mark in tmp_path.iterdir()}
    assert len(tried) <= MOST_IN_A_ROW + 1


def test_an_executor_of_others_is_left_as_it_is(tmp_path: Path) -> None:
    given = list(pieces(number=5, size=2, first=Numbers((), tmp_path)))
    with ProcessPoolExecutor(1) as executor:
        done = list(in_order(AnyExecutor(executor), do, given))
        assert done == [(piece.items, ()) for piece in given]
        assert executor.submit(abs, -1).result() == 1
        deadly = [replace(given[0], deadly=frozenset({1}))]
        with pytest.raises(WorkersError, match="a worker process was killed"):
            list(in_order(AnyExecutor(executor), do, deadly))
