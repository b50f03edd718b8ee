"""Filters in all 8 orientations that the symmetries of the square give.

To turn filters is to change the places of their numbers. Which goes where is found once: each pass
then copies short rows of a channel's numbers that lie side by side in memory.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

ORIENTATIONS = 8


def turn(filters: Tensor, orientation: int) -> Tensor:
    """Filters or images [..., K, K] in one of the 8 orientations; 0 leaves them as they are."""
    mirrored, quarters = divmod(orientation, 4)
    if mirrored:
        filters = filters.flip(-1)
    return filters.rot90(quarters, (-2, -1)) if quarters else filters


def in_all_orientations(weight: Tensor, dtype: torch.dtype) -> Tensor:
    """Filters [8 * O, 8 * I, K, K] of `dtype`, channels-last, of weights [O, 8, I, K, K].

    Turned filters look for turned things: in other orientations of the inputs.
    """
    filters: Tensor = _Turned.apply(weight, dtype)
    return filters


class _Turned(Function):
    """Its gradient sums over the orientations in the type of the weights."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401  torch has no type for what is put on it
        weight: Tensor,
        dtype: torch.dtype,
    ) -> Tensor:
        ctx.shape, ctx.dtype = weight.shape, weight.dtype
        outputs, _, inputs, kernel, _ = weight.shape
        places, _ = _places(outputs, kernel, weight.device)
        rows = weight.permute(0, 1, 3, 4, 2).to(dtype).reshape(-1, inputs)
        turned = rows.index_select(0, places)
        last = turned.reshape(ORIENTATIONS * outputs, kernel, kernel, ORIENTATIONS * inputs)
        return last.permute(0, 3, 1, 2)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401  as above
        gradient: Tensor,
    ) -> tuple[Tensor, None]:
        outputs, _, inputs, kernel, _ = ctx.shape
        _, returns = _places(outputs, kernel, gradient.device)
        rows = gradient.permute(0, 2, 3, 1).reshape(-1, inputs).index_select(0, returns)
        summed = rows.reshape(ORIENTATIONS, -1).sum(0, dtype=ctx.dtype)
        own = summed.reshape(outputs, ORIENTATIONS, kernel, kernel, inputs)
        return own.permute(0, 1, 4, 2, 3).contiguous(), None


@cache
def _places(outputs: int, kernel: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """int64 [8 * R], twice, for weights of R = O * 8 * K * K rows, [O, 8, K, K] of them.

    From which row each of [8, O, K, K, 8] comes; and where, for each orientation one after the
    other, each row went.
    """
    rows = torch.arange(outputs * ORIENTATIONS * kernel**2)
    weight = rows.reshape(outputs, ORIENTATIONS, kernel, kernel)
    turned = [turn(weight[:, back], g) for g, back in enumerate(_composition_table())]
    places = torch.stack([own.permute(0, 2, 3, 1).flatten() for own in turned])
    returns = places.argsort(dim=1) + len(rows) * torch.arange(ORIENTATIONS)[:, None]
    return places.flatten().to(device), returns.flatten().to(device)


def _composition_table() -> Tensor:
    """int64 [8, 8]: row g, column h is the orientation that g makes h of, when it is turned back.

    Found by trying: turning by x and then by g must give h.
    """
    turned = [turn(torch.arange(9).reshape(3, 3), g) for g in range(ORIENTATIONS)]

    def find(g: int, h: int) -> int:
        return next(x for x in range(ORIENTATIONS) if torch.equal(turn(turned[x], g), turned[h]))

    orientations = range(ORIENTATIONS)
    return torch.tensor([[find(g, h) for h in orientations] for g in orientations])
