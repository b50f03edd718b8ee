"""Precise batch norm: statistics that fit the weights as they are.

While it trains, batch norm keeps running averages of its inputs' means and variances, and uses
them at prediction. Over few steps they lag behind the weights, so that a network that has learned
much can score worse than one that knows nothing. Precise batch norm measures them anew over the
whole training split, with the weights fixed (Wu and Johnson 2021, arXiv:2105.07576, section 3).
"""

from contextlib import AbstractContextManager

import torch
from torch import nn
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader

from galaxyzoo.dataset.galaxies import ImagesAndVotes
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.training.ranks import ALL_ALONE, Ranks


def estimate_batch_norm(
    model: nn.Module,
    batches: DataLoader[ImagesAndVotes],
    compute: Compute,
    ranks: Ranks = ALL_ALONE,
) -> None:
    """Set the running statistics of `model` to their means over `batches` of plain images.

    Weights stay as they are. The model is on the device of `compute`. Each of `ranks` has batches
    of its own, and all get the same statistics, of all of them.
    """
    images = (to_input(batch.to(compute.device)) for batch, _ in batches)
    with compute.autocast(), ranks.apart(model):
        update_bn(images, model)
    ranks.average_statistics(model, len(batches))


def generators_kept(device: torch.device) -> AbstractContextManager[None]:
    """A context in which draws, as those of dropout and of loaders, are taken back at the end."""
    accelerators = [] if device.type == "cpu" else [device]
    kind = "cuda" if device.type == "cpu" else device.type  # the CPU's own is always kept
    return torch.random.fork_rng(accelerators, device_type=kind)
