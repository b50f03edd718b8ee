"""What a trained network says of galaxies."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from galaxyzoo.augment import regular_views
from galaxyzoo.data import Batch, GalaxyDataset, in_order
from galaxyzoo.devices import Compute
from galaxyzoo.models import sees_quarter_turns_alike, to_input


def predict(
    model: nn.Module,
    dataset: GalaxyDataset,
    batch_size: int,
    device: torch.device,
    views: int = 1,
) -> NDArray[np.float32]:
    """The predicted vote fractions of each galaxy of `dataset`, in its order: float32 [N, 37].

    With more `views`, 1 or an even number, they are means over `regular_views` of each image.
    """
    model.to(device).eval()
    batches = in_order(dataset.to(device), batch_size)
    predictions = [
        predict_batch(model, images, Compute(device), views).cpu()
        for images, _ in tqdm(batches, desc="predict", unit=" batches", disable=None)
    ]
    array: NDArray[np.float32] = torch.cat(predictions).numpy()
    return array


@torch.inference_mode()
def predict_batch(model: nn.Module, images: Tensor, compute: Compute, views: int) -> Tensor:
    """float32 [B, 37]: what a model in evaluation mode says of images uint8 [B, H, W, 3].

    The model is on the device of `compute`, and the predictions stay there.
    """
    inputs = to_input(images.to(compute.device))
    quarter = sees_quarter_turns_alike(model, inputs.shape[-1])
    with compute.autocast():
        total: Tensor = sum(
            model(view).float() for view in regular_views(inputs, views, quarter=quarter)
        )
    return total / views


@torch.inference_mode()
def mean_squared_error(model: nn.Module, batches: DataLoader[Batch], compute: Compute) -> float:
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
