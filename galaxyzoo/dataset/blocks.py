"""An order for more images than fit into memory: blocks of neighbours, mixed within windows.

Batches drawn at random from a file that memory can't hold bring in a page for each image and lose
it again before its neighbour is asked for: an epoch reads the file many times. Here the file is cut
into blocks of neighbouring rows. Some blocks, drawn at random, are a window, which is read in one
sweep; batches are drawn from all its rows, and an epoch reads the file once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Self

import torch
from torch import Tensor
from torch.utils.data import Sampler

from galaxyzoo.base.memory import usable_memory

if TYPE_CHECKING:
    from galaxyzoo.base.sections import Shuffle

Spans = Iterable[tuple[int, int]]
"""Indices from one on and up to another, which is not among them"""

WINDOW_BYTES = 2**30
"""Of images that are in memory at a time, whatever their size"""

_ROWS, _WINDOW = 1024, 64


@dataclass(frozen=True)
class Blocks:
    """How images are shuffled that don't fit into memory."""

    rows: int = _ROWS
    """Neighbours in a block"""
    window: int = _WINDOW
    """Blocks whose rows are mixed"""

    @classmethod
    def of(cls, image_bytes: int) -> Self:
        """For images of so many bytes each: the same on every machine."""
        return cls(max(min(_ROWS, WINDOW_BYTES // (_WINDOW * image_bytes)), 1))


def choose_shuffle(asked: "Shuffle", all_bytes: int) -> "Shuffle":
    """How to shuffle images of so many bytes: "auto" is by blocks if they exceed half the memory.

    The other half is for all else that runs. What counts is the memory that there is, and not what
    is free, so that a machine decides alike each time.
    """
    if asked != "auto":
        return asked
    return "blocks" if all_bytes > usable_memory() / 2 else "rows"


class ShuffledBlocks(Sampler[int]):
    """Each index below `galaxies` once, in an order that is drawn anew for each pass.

    A pass takes one draw from `draws`. Before the indices of a window come, `enter` is called with
    its spans, ascending.
    """

    def __init__(
        self,
        galaxies: int,
        blocks: Blocks,
        draws: torch.Generator,
        enter: Callable[[Spans], None],
    ) -> None:
        self._galaxies, self._blocks, self._draws, self._enter = galaxies, blocks, draws, enter

    def __len__(self) -> int:
        return self._galaxies

    def __iter__(self) -> Iterator[int]:
        # from a generator of its own: the order must not hang on what is drawn between batches
        seed = torch.empty((), dtype=torch.int64).random_(generator=self._draws)
        own = torch.Generator().manual_seed(int(seed))
        for window in self._windows(own):
            spans = [self._span(block) for block in window.sort().values.tolist()]
            self._enter(spans)
            indices = torch.cat([torch.arange(*span) for span in spans])
            yield from indices[torch.randperm(len(indices), generator=own)].tolist()

    def _windows(self, draws: torch.Generator) -> tuple[Tensor, ...]:
        """The numbers of the blocks of each window: as many, or one more, in each of them."""
        order = torch.randperm(ceil(self._galaxies / self._blocks.rows), generator=draws)
        return order.tensor_split(ceil(len(order) / self._blocks.window))

    def _span(self, block: int) -> tuple[int, int]:
        first = block * self._blocks.rows
        return first, min(first + self._blocks.rows, self._galaxies)


class InOrder(Sampler[int]):
    """Each index below `galaxies` once, ascending; `enter` is called before each later window."""

    def __init__(self, galaxies: int, window: int, enter: Callable[[], None]) -> None:
        self._galaxies, self._window, self._enter = galaxies, window, enter

    def __len__(self) -> int:
        return self._galaxies

    def __iter__(self) -> Iterator[int]:
        for start in range(0, self._galaxies, self._window):
            if start:
                self._enter()
            yield from range(start, min(start + self._window, self._galaxies))
