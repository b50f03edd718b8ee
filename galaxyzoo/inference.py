"""What a trained network says of galaxies."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader

from galaxyzoo.data import Batch, GalaxyDataset, in_order
from galaxyzoo.models import to_input


def predict(
    model: nn.Module, dataset: GalaxyDataset, batch_size: int, device: torch.device
) -> NDArray[np.float32]:
    """The predicted vote fractions of each galaxy of `dataset`, in its order: float32 [N, 37]."""
    model.to(device).eval()
    batches = in_order(dataset.to(device), batch_size)
    with torch.inference_mode():
        predictions = [model(to_input(images.to(device))).cpu() for images, _ in batches]
    array: NDArray[np.float32] = torch.cat(predictions).numpy()
    return array


@torch.inference_mode()
def mean_squared_error(model: nn.Module, batches: DataLoader[Batch], device: torch.device) -> float:
    """The MSE over all galaxies and answers, with the model in evaluation mode."""
    model.eval()
    total = RunningMean(len(batches), device)
    for images, votes in batches:
        predicted = model(to_input(images.to(device)))
        total.add(nn.functional.mse_loss(predicted, votes.to(device)), len(images))
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

    def value(self) -> float:
        means = self._means[: len(self._counts)].cpu().double()
        return float(means @ torch.tensor(self._counts).double() / sum(self._counts))
