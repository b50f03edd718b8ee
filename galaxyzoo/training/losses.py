"""The MSE of networks over known answers, without making an accelerator wait."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from galaxyzoo.dataset.galaxies import ImagesAndVotes
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input


def known_error(predicted: Tensor, votes: Tensor) -> tuple[Tensor, Tensor]:
    """The MSE over the known answers of a batch, and how much is known, on their device.

    Both take fractions float32 [B, C]; an answer that isn't known is NaN in `votes`, and moves no
    weight. The second is what the first weighs in a mean over batches, in galaxies: B where all is
    known. Where nothing is, both are 0.
    """
    unknown = votes.isnan()
    known = votes.numel() - unknown.sum()
    # An unknown answer counts as predicted without error, before anything is squared: the gradient
    # of a NaN that is left out later is NaN. Where all is known, all bits are those of a plain MSE.
    answers = torch.where(unknown, predicted.detach(), votes)
    mean = nn.functional.mse_loss(predicted, answers)
    return mean * (votes.numel() / known.clamp(min=1)), known / votes.shape[1]


@torch.inference_mode()
def mean_squared_error(
    model: nn.Module, batches: DataLoader[ImagesAndVotes], compute: Compute
) -> float:
    """The MSE over all known answers of all galaxies, with the model in evaluation mode."""
    model.eval()
    total = RunningMean(len(batches), compute.device)
    for images, votes in batches:
        with compute.autocast():
            predicted = model(to_input(images.to(compute.device)))
        total.add(*known_error(predicted.float(), votes.to(compute.device)))
    return total.value()


class RunningMean:
    """A weighted mean of the means of some batches, kept on the device until it is asked for.

    To read a loss from an accelerator makes the host wait, so that isn't done at each step.
    """

    def __init__(self, batches: int, device: torch.device) -> None:
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
        return int(bad.int().argmax()) + 1 if bad.any() else None

    def value(self) -> float:
        """The mean; NaN if all weights are 0."""
        means = self._means[: self._count].cpu().double()
        weights = self._weights[: self._count].cpu().double()
        return float(means @ weights / weights.sum())
