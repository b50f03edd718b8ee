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
    total = RunningMean()
    for images, votes in batches:
        predicted = model(to_input(images.to(device)))
        total.add(nn.functional.mse_loss(predicted, votes.to(device)), len(images))
    return total.value()


class RunningMean:
    """A mean over galaxies of batch means, which leaves them on the device until it is asked for.

    To read a loss from an accelerator makes the host wait, so that isn't done at each step.
    """

    def __init__(self) -> None:
        self._means: list[Tensor] = []
        self._counts: list[int] = []

    def add(self, mean: Tensor, count: int) -> None:
        self._means.append(mean.detach())
        self._counts.append(count)

    def value(self) -> float:
        means = torch.stack(self._means).cpu().double()
        return float(means @ torch.tensor(self._counts).double() / sum(self._counts))
