"""ResNet-18 of torchvision, from scratch."""

import copy
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models import ResNet, resnet18
from torchvision.models.resnet import BasicBlock

from galaxyzoo.networks.common.folding import Folded, fold_norms
from galaxyzoo.networks.common.network import Network

_ABOUT = """
ResNet-18 [he]: a convolution, eight residual blocks of two convolutions each, and one fully
connected layer. While the image shrinks, the channels grow from 64 to 512; at the end, the mean
over the image is taken, so that it counts what was found, and not where.
"""


def course_resnet(size: int, outputs: int) -> nn.Module:  # noqa: ARG001  fits images of any size
    """ResNet-18 (He et al. 2016, arXiv:1512.03385) from scratch, with a sigmoid.

    11,195,493 parameters at 37 outputs; pooling makes them fit images of any size.
    """
    backbone = resnet18(weights=None, num_classes=outputs)
    network = nn.Sequential(OrderedDict(backbone=backbone, sigmoid=nn.Sigmoid()))
    # its many channels are convolved faster side by side in memory; the CNN's few are not
    network.to(memory_format=torch.channels_last)
    return network


def fold(model: nn.Module) -> Folded:
    backbone = copy.deepcopy(model.get_submodule("backbone"))
    assert isinstance(backbone, ResNet)
    for module in backbone.modules():
        if isinstance(module, ResNet | BasicBlock):
            _fold_pairs(module)
    body = nn.Sequential(*(layer for layer in backbone.children() if layer is not backbone.fc))
    head = nn.Sequential(backbone.fc, nn.Sigmoid())
    return Folded(body, nn.Flatten(), head, [own for own in body if isinstance(own, nn.Sequential)])


def _fold_pairs(module: ResNet | BasicBlock) -> None:
    """Fold each norm bnN into the convolution convN, and that of the way around a block."""
    for name, norm in list(module.named_children()):
        if isinstance(norm, nn.BatchNorm2d):
            place = name.replace("bn", "conv")
            setattr(module, place, fuse_conv_bn_eval(module.get_submodule(place), norm))
            setattr(module, name, nn.Identity())
    if isinstance(module, BasicBlock) and module.downsample is not None:
        module.downsample = fold_norms(module.downsample)


def _describe_block(_: nn.Module) -> tuple[str, str]:
    return "Residual block", "two convolutions that learn what to add to what comes in"


NETWORK = Network(
    "resnet",
    label="ResNet-18",
    color="#D55E00",
    about=_ABOUT,
    make=course_resnet,
    fold=fold,
    layers={BasicBlock: _describe_block},
)
