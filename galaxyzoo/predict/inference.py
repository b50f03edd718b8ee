"""What a trained network says of galaxies."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from galaxyzoo.dataset.batches import in_order
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.augmentation import RegularViews

ONE_VIEW = RegularViews()


def predict(
    model: nn.Module,
    dataset: GalaxyDataset,
    batch_size: int,
    device: torch.device,
    views: RegularViews = ONE_VIEW,
) -> NDArray[np.float32]:
    """The predicted fractions of each galaxy of `dataset`, in its order: float32 [N, columns].

    They are means over the `views` of each image.
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
def predict_batch(
    model: nn.Module, images: Tensor, compute: Compute, views: RegularViews
) -> Tensor:
    """float32 [B, columns]: what a model in evaluation mode says of images uint8 [B, H, W, 3].

    The model is on the device of `compute`, and the predictions stay there.
    """
    inputs = to_input(images.to(compute.device))
    with compute.autocast():
        total: Tensor = sum(model(view).float() for view in views.of(inputs))
    return total / views.count
