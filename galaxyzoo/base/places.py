"""Which one this process is of several that train a network together, and its part of a batch.

torchrun tells each process in its environment; where nobody does, a process is alone.
"""

import os
from dataclasses import dataclass
from typing import Self

from galaxyzoo.base.errors import UserError

STORE = "GALAXYZOO_STORE"
"""The variable with the file through which processes meet that `galaxyzoo.training.launch` started;
torchrun has ways of its own"""

_FEWEST = 2
"""Rows that a process computes, if a batch has as many: batch norm wants two"""


@dataclass(frozen=True)
class Rows:
    """The rows of a batch that belong to one process."""

    batch: int
    """How many rows the whole batch has"""
    own: slice
    """Those that count: each row is one process's own; at times there is none"""
    computed: slice
    """Its own, and its neighbours' where these are fewer than 2"""


@dataclass(frozen=True)
class Place:
    """Of a process among all that train one network; by default it is alone."""

    rank: int = 0
    """From 0 on, over all machines; what is to be done once, 0 does"""
    count: int = 1
    local_rank: int = 0
    """The same on its machine"""
    local_count: int = 1

    @classmethod
    def here(cls) -> Self:
        """That of this process, as its environment says. Raises UserError at nonsense."""
        if not is_one_of_several():
            return cls()
        rank, count = _number("RANK", 0), _number("WORLD_SIZE", 1)
        local_rank, local_count = _number("LOCAL_RANK", 0), _number("LOCAL_WORLD_SIZE", 1)
        if not (0 <= rank < count and 0 <= local_rank < local_count <= count):
            raise UserError(
                f"the environment says that this is process {rank} of {count}, and {local_rank} of "
                f"{local_count} on this machine; torchrun sets RANK, WORLD_SIZE, LOCAL_RANK and "
                "LOCAL_WORLD_SIZE"
            )
        return cls(rank, count, local_rank, local_count)

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files, and tells how far the work is."""
        return self.rank == 0

    def rows(self, batch: int) -> Rows:
        """Its rows of a batch of so many."""
        begin, end = (batch * rank // self.count for rank in (self.rank, self.rank + 1))
        first = min(begin, max(batch - _FEWEST, 0))
        last = max(end, min(first + _FEWEST, batch))
        return Rows(batch, slice(begin, end), slice(first, last))


ALONE = Place()


def is_one_of_several() -> bool:
    """Whether somebody started this process as one of several, of which it may be the only one."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


def is_first() -> bool:
    """Whether this process is alone, or the first of several."""
    return not is_one_of_several() or os.environ["RANK"] == "0"


def interrupted_words() -> str:
    """What is said where a signal ends this process; nothing, where another one tells."""
    if not is_first() or STORE in os.environ:
        return ""
    if not is_one_of_several():
        return "interrupted"
    return (
        "interrupted, by hand or since another process of this training ended; "
        "the same command goes on after the last whole epoch"
    )


def _number(variable: str, otherwise: int) -> int:
    said = os.environ.get(variable, str(otherwise))
    if not said.isdecimal():
        raise UserError(f"{variable} of the environment is {said!r}, and no whole number")
    return int(said)
