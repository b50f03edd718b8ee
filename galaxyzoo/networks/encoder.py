"""Encoders of torchvision by their names: ordinary networks, for who has a GPU and much data."""

import copy
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError  # no pickle is trusted: torch raises it at what isn't plain
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.overrides import TorchFunctionMode
from torchvision.models import get_model, list_models
from torchvision.models.convnext import CNBlock
from torchvision.models.densenet import _DenseLayer
from torchvision.models.efficientnet import FusedMBConv, MBConv
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.mobilenetv3 import InvertedResidual as LaterInvertedResidual
from torchvision.models.regnet import ResBottleneckBlock
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.shufflenetv2 import InvertedResidual as ShuffledResidual
from torchvision.models.squeezenet import SqueezeNet
from torchvision.models.swin_transformer import SwinTransformerBlock, SwinTransformerBlockV2
from torchvision.models.vision_transformer import EncoderBlock

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted, shorten
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.network import DescribeLayer, Network, Weights

STANDARD = "resnet18"
"""Where nobody says which"""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours of ImageNet, from 0 to 1: what torchvision's own weights have learned with"""

_ABOUT = """
An ordinary encoder, the model {} of torchvision, whose last layer gives the fractions, each through
a sigmoid. It knows nothing of galaxies by its form, and has to learn from many that they have no up
and no left. Colours are shifted and scaled as for ImageNet, so that weights from there fit.
"""

_MOST_STAGES = 8
_OF_DENSENET = re.compile(r"(\.denselayer\d+\.(?:norm|conv))\.([12]\.)")
"""What torchvision's checkpoints of it call norm.1, and its module norm1"""

_BLOCKS = (
    BasicBlock,
    Bottleneck,
    CNBlock,
    EncoderBlock,
    FusedMBConv,
    InvertedResidual,
    LaterInvertedResidual,
    MBConv,
    ResBottleneckBlock,
    ShuffledResidual,
    SwinTransformerBlock,
    SwinTransformerBlockV2,
    _DenseLayer,
)


class Normalise(nn.Module):
    """Colours [B, 3, H, W] from 0 to 1, shifted and scaled to have mean 0 and deviation 1."""

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, own in (("mean", MEAN), ("deviation", DEVIATION)):
            self.register_buffer(name, torch.tensor(own)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.deviation


def make(architecture: str, size: int, outputs: int) -> nn.Module:
    """An encoder for square images of `size` pixels; UserError if there is none of that size."""
    _try(architecture, size, outputs)
    layers = {
        "normalise": Normalise(),
        "backbone": _backbone(architecture, size, outputs),
        "sigmoid": nn.Sigmoid(),
    }
    return nn.Sequential(OrderedDict(layers)).to(memory_format=torch.channels_last)


def _backbone(architecture: str, size: int, outputs: int) -> nn.Module:
    # the only ones that are built for one size
    sized = {"image_size": size} if architecture.startswith("vit_") else {}
    with _NumbersAreReal() if architecture.startswith("regnet_") else nullcontext():
        built: nn.Module = get_model(architecture, weights=None, num_classes=outputs, **sized)
    if isinstance(built, SqueezeNet):
        # its last ReLU leaves nothing below 0, so that a sigmoid would give nothing below a half
        built.classifier[2] = nn.Identity()
    return built


class _NumbersAreReal(TorchFunctionMode):
    """RegNet works its widths out with tensors: these have values, on the device "meta", too."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        known = {"device": "cpu"} if func in (torch.arange, torch.tensor) else {}
        return func(*args, **(known | dict(kwargs or {})))


@cache
def _try(architecture: str, size: int, outputs: int) -> None:
    """Let it see images of that size, without memory, as it does in training."""
    try:
        with torch.device("meta"):
            gives = _backbone(architecture, size, outputs)(torch.zeros(2, 3, size, size))
    except (RuntimeError, ValueError, AssertionError) as error:
        raise UserError(
            f"{architecture} can't take images of {size} pixels (params.yaml: crop_resize.size): "
            f"{shorten(error)}"
        ) from error
    if not (isinstance(gives, Tensor) and gives.shape == (2, outputs)):
        raise UserError(f"{architecture} gives more than one row for an image, and can't be used")


def choose(architecture: str) -> Network:
    """The encoder that torchvision calls so; UserError, which names similar ones, if there is none.

    Those for whole images alone: not for segmentation, detection or videos.
    """
    known = list_models(module=torchvision.models)
    if architecture not in known:
        near = get_close_matches(architecture, known, n=3, cutoff=0) or known[:3]
        raise UserError(
            f"train_encoder.model: torchvision {torchvision.__version__} has no model "
            f"{quoted(architecture)} for images; there are {', '.join(near)} and others"
        )
    return replace(
        _ENCODER,
        about=_ABOUT.format(architecture),
        make=partial(make, architecture),
        architecture=architecture,
    )


def read_checkpoint(path: Path) -> Weights:
    """The weights of a torchvision checkpoint, a state dict that `torch.save` wrote.

    No code in it runs. Raises UserError if it isn't there, or isn't such a file.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file (params.yaml: train_encoder.weights)")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, ValueError, LookupError) as error:
        raise UserError(f"{path}: is no checkpoint of plain weights: {shorten(error)}") from error
    if not isinstance(found, dict) or not found:
        raise UserError(f"{path}: holds no weights by their names, as torchvision's files do")
    for name, own in found.items():
        if not isinstance(own, Tensor) or not own.isfinite().all():
            raise UserError(f"{path}: {shorten(name)} must be numbers, all of them finite")
    return {"backbone." + _OF_DENSENET.sub(r"\1\2", name): own for name, own in found.items()}


def fold(model: nn.Module) -> Folded:
    """Batch norm folded into the convolution before it; the last layer and the sigmoid apart."""
    layers = copy.deepcopy(model)
    assert isinstance(layers, nn.Sequential)
    backbone = layers.get_submodule("backbone")
    for module in backbone.modules():
        _fold_pairs(module)
    name, last = list(backbone.named_modules())[-1]
    if not isinstance(last, nn.Linear):
        return Folded(layers[:-1], nn.Flatten(), layers[-1:], _stages(backbone))
    parent, _, own = name.rpartition(".")
    setattr(backbone.get_submodule(parent), own, nn.Identity())
    head = nn.Sequential(last, nn.Sigmoid())
    return Folded(layers[:-1], nn.Identity(), head, _stages(backbone))


def _stages(backbone: nn.Module) -> list[nn.Module]:
    """Evenly out of its blocks, or of its convolutions where there are no blocks; the last too."""
    layers = list(backbone.modules())
    blocks = [own for own in layers if isinstance(own, _BLOCKS)]
    stages = blocks or [own for own in layers if isinstance(own, nn.Conv2d)]
    step = math.ceil(len(stages) / _MOST_STAGES)
    return stages[::-step][::-1]


def _fold_pairs(module: nn.Module) -> None:
    """What follows each other in a module of torchvision is used one after the other."""
    for (place, conv), (name, norm) in pairwise(list(module.named_children())):
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            setattr(module, place, fuse_conv_bn_eval(conv, norm))
            setattr(module, name, nn.Identity())


def _describe_block(module: nn.Module) -> tuple[str, str]:
    return f"Block ({type(module).__name__})", "layers that learn what to make of what comes in"


def _describe_normalise(_: nn.Module) -> tuple[str, str]:
    return "Colours normalised", "each near mean 0 and spread 1, as weights from ImageNet expect"


_DESCRIBED: dict[type[nn.Module], DescribeLayer] = {
    Normalise: _describe_normalise,
    **dict.fromkeys(_BLOCKS, _describe_block),
}

_ENCODER = Network(
    "encoder",
    label="Encoder",
    color="#CC79A7",
    about=_ABOUT.format(STANDARD),
    make=partial(make, STANDARD),
    views=8,
    fold=fold,
    layers=_DESCRIBED,
    architecture=STANDARD,
    choose=choose,
    read_checkpoint=read_checkpoint,
)

NETWORK = choose(STANDARD)
