"""The MSE of networks over many galaxies, without making an accelerator wait."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from galaxyzoo.dataset.galaxies import ImagesAndVotes
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input


@torch.inference_mode()
def mean_squared_error(
    model: nn.Module, batches: DataLoader[ImagesAndVotes], compute: Compute
) -> float:
    """The MSE over all galaxies and answers, with the model in evaluation mode."""
    model.eval()
    total = RunningMean(len(batches), compute.device)
    for images, votes in batches:
        with compute.autocast():
            predicted = model(to_input(images.to(compute.device)))
        loss = nn.functional.mse_loss(predicted.float(), votes.to(compute.device))
        total.add(loss, len(images))
    return total.value()


class RunningMean:
    """A mean over galaxies of the means of some batches, kept on the device until it is asked for.

    To read a loss from an accelerator makes the host wait, so that isn't done at each step.
    """

    def __init__(self, batches: int, device: torch.device) -> None:
        # One tensor for all of them: the losses themselves, each alive between a step's large and
        # short-lived tensors, would keep the memory of those from being used again.
        self._means = torch.zeros(batches, device=device)
        self._counts: list[int] = []

    def add(self, mean: Tensor, count: int) -> None:
        self._means[len(self._counts)] = mean.detach()
        self._counts.append(count)

    def first_bad(self) -> int | None:
        """The number, from 1 on, of the first mean that isn't finite; None if all are."""
        bad = ~torch.isfinite(self._means[: len(self._counts)])
        return int(bad.int().argmax()) + 1 if bad.any() else None

    def value(self) -> float:
        means = self._means[: len(self._counts)].cpu().double()
        return float(means @ torch.tensor(self._counts).double() / sum(self._counts))
