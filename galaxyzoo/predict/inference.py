"""What a trained network says of galaxies."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from galaxyzoo.base.memory import keep_freed_memory
from galaxyzoo.dataset.batches import in_order
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.folding import Folded, Insight
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.residuals import Residuals

ONE_VIEW = RegularViews()

Numbers = NDArray[np.float32]
OneModel = TypeVar("OneModel", bound=nn.Module)


def predict(
    model: nn.Module,
    dataset: GalaxyDataset,
    batch_size: int,
    compute: Compute | torch.device,
    views: RegularViews = ONE_VIEW,
) -> Numbers:
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
    array: Numbers = torch.cat(predictions).numpy()
    return array


@dataclass(frozen=True)
class Perception:
    """What a network sees in N images."""

    features: Numbers
    """[N, D]: what its last layer makes fractions of"""
    fractions: Numbers
    """[N, columns]"""
    layers: Numbers
    """[N, L]: what all of its layers have found; of an ensemble, those of its first member"""


def see(
    model: Folded, dataset: GalaxyDataset, batch_size: int, compute: Compute, views: RegularViews
) -> Perception:
    """What a network sees in each galaxy of `dataset`; the fractions are those of `predict`."""
    made_ready(model, compute)
    batches = in_order(dataset.to(compute.device), batch_size)
    seen = [
        Insight(*(own.cpu() for own in see_batch(model, images, compute, views)))
        for images, _ in tqdm(batches, desc="see", unit=" batches", disable=None)
    ]
    return Perception(*(torch.cat(own).numpy() for own in zip(*seen, strict=True)))


def corrected(seen: Perception, residuals: Residuals | None) -> Perception:
    """What a network sees, with what it misses added to its fractions; as it is, if that's None."""
    if residuals is None:
        return seen
    return replace(seen, fractions=residuals.added_to(seen.fractions, seen.layers))


def made_ready(model: OneModel, compute: Compute) -> OneModel:
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


@torch.inference_mode()
def see_batch(model: Folded, images: Tensor, compute: Compute, views: RegularViews) -> Insight:
    """As `predict_batch`: what a model sees in B images, all of it means over the views."""
    inputs = to_input(images.to(compute.device))
    seen = [model.look(view.to(compute.dtype)) for view in views.of(inputs)]
    return Insight(*(sum(own) / views.count for own in zip(*seen, strict=True)))
