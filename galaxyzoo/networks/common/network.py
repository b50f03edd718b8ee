"""What a network is: how it is built, and all that others need to know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted
from galaxyzoo.networks.common.folding import Folded, as_it_is

Weights = Mapping[str, Tensor]
"""By their names in a module"""

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
    and shows what its stages find, and its features: what it has seen, before its last layer"""
    layers: Mapping[type[nn.Module], DescribeLayer] = field(default_factory=dict)
    """Layers and blocks that torch lacks: each is one row of the report's table of layers"""
    architecture: str | None = None
    """Which one it is, of a network that is one of many; model files say it"""
    choose: "Callable[[str], Network] | None" = None
    """Of a network that is one of many, from an architecture to the one that has it; UserError if
    none is called so"""
    read_checkpoint: Callable[[Path], Weights] | None = None
    """From a checkpoint that others have of this network to weights by the names that they have
    here; UserError if a file is none"""

    def of(self, architecture: str | None) -> "Network":
        """The one of many that has an architecture; None: this network is not one of many."""
        if architecture == self.architecture:
            return self
        if self.choose is None or architecture is None:
            raise UserError(f"no {self.name!r} has the architecture {quoted(architecture)}")
        return self.choose(architecture)

    def expected(self, size: int, outputs: int) -> Weights:
        """The weights that it needs, as tensors of torch's device "meta", which take no memory."""
        with torch.device("meta"):
            return self.make(size, outputs).state_dict()

    def last_layer(self, size: int, outputs: int) -> frozenset[str]:
        """The names of the weights that there are more of where there are more outputs."""
        more = self.expected(size, outputs + 1)
        found = self.expected(size, outputs).items()
        return frozenset(name for name, own in found if own.shape != more[name].shape)

    def build(self, size: int, outputs: int, seed: int) -> nn.Module:
        """The network for square images of `size` pixels, with the first weights of `seed`."""
        torch.manual_seed(seed)
        return self.make(size, outputs)


def count_parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
