"""Several networks of a kind as one, whose predictions are means over its members.

They begin with other first weights, and so err in other ways (Lakshminarayanan, Pritzel, Blundell
2017, arXiv:1612.01474): the mean of two errs less than either.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.network import Network, Weights

MOST_MEMBERS = 16


class Ensemble(nn.Module):
    """Networks that take the same images and give the same fractions.

    While training it gives [members, B, outputs], so that each learns for itself; then their mean,
    [B, outputs].
    """

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, images: Tensor) -> Tensor:
        fractions = torch.stack([member(images) for member in self.members])
        return fractions if self.training else fractions.mean(dim=0)


def ensemble_of(network: Network, members: int) -> Network:
    """The network whose predictions are means over so many of `network`; of one, it itself."""
    if members == 1:
        return network
    make, fold = partial(_make, network, members), partial(_fold, network)
    return replace(network, make=make, fold=fold)


def one_of(model: nn.Module) -> nn.Module:
    """The first member of an ensemble; of another network, it itself."""
    return model.members[0] if isinstance(model, Ensemble) else model


def first_members(weights: Weights, members: int) -> Weights:
    """The weights of the first members of an ensemble, named as in a network of so many."""
    own = [f"members.{number}." for number in range(members)]
    kept = {name: each for name, each in weights.items() if name.startswith(tuple(own))}
    return (
        {name.removeprefix(own[0]): each for name, each in kept.items()} if members == 1 else kept
    )


def for_each_member(weights: Weights, members: int) -> Weights:
    """Weights of one network, as an ensemble of so many has them all with the same."""
    if members == 1:
        return weights
    numbers = range(members)
    return {f"members.{n}.{name}": own for n in numbers for name, own in weights.items()}


def _make(network: Network, members: int, size: int, outputs: int) -> nn.Module:
    return Ensemble(network.make(size, outputs) for _ in range(members))


def _fold(network: Network, model: nn.Module) -> Folded:
    assert isinstance(model, Ensemble)
    folded = [network.fold(member) for member in model.members]
    for own in folded[1:]:
        own.unwatched()  # what one finds on its way tells as much as what all do: docs/unlike.md
    return Folded(
        _SideBySide(own.body for own in folded),
        _EachItsOwn(own.neck for own in folded),
        nn.Sequential(_EachItsOwn(own.head for own in folded), _Mean(len(folded))),
    )


class _SideBySide(nn.ModuleList):
    """What each makes of the same, one after the other along the channels."""

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.cat([each(inputs) for each in self], dim=1)


class _EachItsOwn(nn.ModuleList):
    """What each makes of its own part of the channels."""

    def forward(self, inputs: Tensor) -> Tensor:
        parts = inputs.chunk(len(self), dim=1)
        return torch.cat([each(part) for each, part in zip(self, parts, strict=True)], dim=1)


class _Mean(nn.Module):
    """The mean over so many parts of the channels."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs.reshape(len(inputs), self.parts, -1).mean(dim=1)
