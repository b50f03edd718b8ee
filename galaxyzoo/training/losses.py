"""The MSE of networks over known answers, without making an accelerator wait."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from galaxyzoo.base.places import Rows
from galaxyzoo.dataset.galaxies import ImagesAndVotes
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.training.ranks import ALL_ALONE, Ranks


def known_error(predicted: Tensor, votes: Tensor) -> tuple[Tensor, Tensor]:
    """The MSE over the known answers of a batch, and how much is known, on their device.

    Both take fractions [B, C], `votes` float32; an answer that isn't known is NaN in it, and moves
    no weight. `predicted` may be those of an ensemble that trains, [members, B, C]: the mean is
    then also over its members. The second is what the first weighs in a mean over batches, in
    galaxies: B where all is known. Where nothing is, both are 0. Computed in float32, or in the
    type of `predicted` if that is finer.
    """
    predicted = predicted.to(torch.promote_types(predicted.dtype, votes.dtype))
    unknown = votes.isnan()
    known = votes.numel() - unknown.sum()
    # An unknown answer counts as predicted without error, before anything is squared: the gradient
    # of a NaN that is left out later is NaN. Where all is known, all bits are those of a plain MSE.
    answers = torch.where(unknown, predicted.detach(), votes)
    mean = nn.functional.mse_loss(predicted, answers)
    share = votes.numel() / known.clamp(min=1).to(mean.dtype)
    return mean * share, known / votes.shape[1]


def own_votes(votes: Tensor, rows: Rows) -> Tensor:
    """Of the votes [B, C] of a whole batch those of the computed rows, of which others' are NaN."""
    theirs = torch.ones(rows.batch, dtype=torch.bool, device=votes.device)
    theirs[rows.own] = False
    return votes.masked_fill(theirs[:, None], torch.nan)[rows.computed]


def known_part(own: Tensor, votes: Tensor, like: Tensor) -> Tensor:
    """Which part of the known answers of `votes` is in `own`, in the type of `like`; or 0."""
    ours, known = ((~each.isnan()).sum().to(like.dtype) for each in (own, votes))
    return ours / known.clamp(min=1)


@torch.inference_mode()
def mean_squared_error(
    model: nn.Module,
    batches: DataLoader[ImagesAndVotes],
    compute: Compute,
    ranks: Ranks = ALL_ALONE,
) -> float:
    """The MSE over all known answers of all galaxies, with the model in evaluation mode.

    Each of `ranks` has batches of its own; all get the mean over all of them.
    """
    model.eval()
    total = RunningMean(len(batches), compute.device, ranks)
    for images, votes in batches:
        with compute.autocast():
            predicted = model(to_input(images.to(compute.device)))
        total.add(*known_error(predicted, votes.to(compute.device)))
    return total.value()


class RunningMean:
    """A weighted mean of the means of some batches, kept on the device until it is asked for.

    To read a loss from an accelerator makes the host wait, so that isn't done at each step. Each of
    `ranks` adds its own; what is asked for is asked for by all, and is of all.
    """

    def __init__(self, batches: int, device: torch.device, ranks: Ranks = ALL_ALONE) -> None:
        self._ranks = ranks
        # One tensor for all of them: the losses themselves, each alive between a step's large and
        # short-lived tensors, would keep the memory of those from being used again.
        self._means, self._weights = torch.zeros(2, batches, device=device)
        self._count = 0

    def add(self, mean: Tensor, weight: Tensor) -> None:
        self._means[self._count] = mean.detach()
        self._weights[self._count] = weight
        self._count += 1

    def first_bad(self) -> int | None:
        """The number, from 1 on, of the first mean that isn't finite; None if all are."""
        bad = ~torch.isfinite(self._means[: self._count])
        none = self._count + 1
        first = self._ranks.least(int(bad.int().argmax()) + 1 if bad.any() else none)
        return None if first == none else first

    def value(self) -> float:
        """The mean; NaN if all weights are 0."""
        means = self._means[: self._count].cpu().double()
        weights = self._weights[: self._count].cpu().double()
        total, weight = self._ranks.sum(torch.stack([means @ weights, weights.sum()]))
        return float(total / weight)
