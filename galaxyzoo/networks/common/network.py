"""What a network is: how it is built, and all that others need to know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from galaxyzoo.networks.common.folding import Folded, as_it_is

DescribeLayer = Callable[[nn.Module], tuple[str, str]]
"""From a layer to its kind and why it is there"""


def _never(size: int) -> bool:  # noqa: ARG001  whatever the size
    return False


@dataclass(frozen=True)
class Network:
    """One network, as its module in `galaxyzoo.networks` defines it."""

    name: str
    """That of its module, of its section train_<name> and of its files"""
    label: str
    """What people read"""
    color: str
    """Of its lines and marks, as #RRGGBB: one that the colour-blind tell apart from the others"""
    about: str
    """A paragraph for the report; [key] cites a source of galaxyzoo.report.citations"""
    make: Callable[[int, int], nn.Module]
    """From the side of square images in pixels, and the number of outputs, to a module that takes
    float images [B, 3, side, side] from 0 to 1 and gives fractions [B, outputs]"""
    views: int = 1
    """Over how many turned and mirrored views of an image predictions are averaged, unless
    params.yaml says otherwise: 1, or an even number"""
    quarter_turns_alike: Callable[[int], bool] = _never
    """Whether, for images of a side in pixels, it predicts the same of an image that is turned by a
    quarter or mirrored"""
    fold: Callable[[nn.Module], Folded] = as_it_is
    """From a trained network of `make`, in evaluation mode, to one that predicts the same faster,
    and gives its features: what it has seen, before its last layer"""
    layers: Mapping[type[nn.Module], DescribeLayer] = field(default_factory=dict)
    """Layers and blocks that torch lacks: each is one row of the report's table of layers"""

    def build(self, size: int, outputs: int, seed: int) -> nn.Module:
        """The network for square images of `size` pixels, with the first weights of `seed`."""
        torch.manual_seed(seed)
        return self.make(size, outputs)


def count_parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
