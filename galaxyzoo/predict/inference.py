"""What a trained network says of galaxies."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from galaxyzoo.base.memory import keep_freed_memory
from galaxyzoo.dataset.batches import in_order
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.augmentation import RegularViews

ONE_VIEW = RegularViews()


def predict(
    model: nn.Module,
    dataset: GalaxyDataset,
    batch_size: int,
    compute: Compute | torch.device,
    views: RegularViews = ONE_VIEW,
) -> NDArray[np.float32]:
    """The predicted fractions of each galaxy of `dataset`, in its order: float32 [N, columns].

    They are means over the `views` of each image. `model` is any that takes images as they are, or
    a folded one, which is faster. Where `compute` is a device alone, it computes in float32.
    """
    if isinstance(compute, torch.device):
        compute = Compute(compute)
    model = made_ready(model, compute)
    batches = in_order(dataset.to(compute.device), batch_size)
    predictions = [
        predict_batch(model, images, compute, views).cpu()
        for images, _ in tqdm(batches, desc="predict", unit=" batches", disable=None)
    ]
    array: NDArray[np.float32] = torch.cat(predictions).numpy()
    return array


def made_ready(model: nn.Module, compute: Compute) -> nn.Module:
    """`model` itself, in evaluation mode, where and in which precision it is to compute."""
    keep_freed_memory()
    if isinstance(model, Folded):
        model.in_precision(compute.dtype)
    return model.to(compute.device).eval()


@torch.inference_mode()
def predict_batch(
    model: nn.Module, images: Tensor, compute: Compute, views: RegularViews
) -> Tensor:
    """float32 [B, columns]: what a model says of images uint8 [B, H, W, 3].

    The model was made ready for `compute`, and the predictions stay on its device.
    """
    inputs = to_input(images.to(compute.device))
    total: Tensor = sum(model(view.to(compute.dtype)) for view in views.of(inputs))
    return total / views.count
