"""ResNet-18 of torchvision, from scratch."""

from collections import OrderedDict

import torch
from torch import nn
from torchvision.models import resnet18
from torchvision.models.resnet import BasicBlock

from galaxyzoo.networks.common.network import Network

_ABOUT = """
ResNet-18 [he], with random first weights: a convolution, eight residual blocks of two convolutions
each, and one fully connected layer. While the image shrinks, the channels grow from 64 to 512; at
the end, the mean over the image is taken, so that it counts what was found, and not where.
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


def _describe_block(_: nn.Module) -> tuple[str, str]:
    return "Residual block", "two convolutions that learn what to add to what comes in"


NETWORK = Network(
    "resnet",
    label="ResNet-18",
    color="#D55E00",
    about=_ABOUT,
    make=course_resnet,
    layers={BasicBlock: _describe_block},
)
