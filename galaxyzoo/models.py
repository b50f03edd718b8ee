"""The networks. Each takes float images [B, 3, H, W] from 0 to 1 and gives fractions [B, 37]."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from galaxyzoo.equivariant import InvariantPool, LiftingConv, OrientedConv, OrientedNorm
from galaxyzoo.tree import COLUMNS


class CourseCNN(nn.Module):
    """The small network of the course, for square images of `size` pixels.

    Two convolutions (kernel 5, padding 3), each with batch norm, ReLU and 2x2 max pooling; then
    three fully connected layers and a sigmoid: an answer's fraction, each by itself, from 0 to 1.
    571,225 parameters at 64 pixels.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.features = nn.Sequential(*_convolution(3, 6), *_convolution(6, 16))
        side = _side_after_convolution(_side_after_convolution(size))
        self.classifier = nn.Sequential(
            nn.Linear(16 * side * side, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, len(COLUMNS)),
            nn.Sigmoid(),
        )

    def forward(self, images: Tensor) -> Tensor:
        fractions: Tensor = self.classifier(self.features(images).flatten(1))
        return fractions


def _convolution(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv2d(inputs, outputs, kernel_size=5, padding=3),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


def _side_after_convolution(side: int) -> int:
    """Kernel 5 takes 4 pixels, padding 3 gives 6; pooling halves."""
    return (side + 6 - 4) // 2


def course_resnet(size: int) -> nn.Module:  # noqa: ARG001  every network is built for a size
    """ResNet-18 (He et al. 2016, arXiv:1512.03385) of torchvision, from scratch, with a sigmoid.

    11,195,493 parameters; pooling makes them fit images of any size.
    """
    backbone = resnet18(weights=None, num_classes=len(COLUMNS))
    network = nn.Sequential(OrderedDict(backbone=backbone, sigmoid=nn.Sigmoid()))
    # its many channels are convolved faster side by side in memory; the CNN's few are not
    network.to(memory_format=torch.channels_last)
    return network


class TunedResNet(nn.Module):
    """A ResNet that sees an image alike however it is turned by quarters or mirrored.

    Its channels, 4 to 32 in each of 8 orientations, are half of ResNet-18's, and it keeps four
    times the pixels: the first convolution halves small images, no pooling follows, and later
    halvings take means. Dropout before the last layer. 351,869 parameters; fits images of any
    size. docs/tuning.md compares it with ordinary convolutions.
    """

    CHANNELS = (4, 8, 16, 32)

    def __init__(self) -> None:
        super().__init__()
        first, last = self.CHANNELS[0], self.CHANNELS[-1]
        layers: list[nn.Module] = [
            LiftingConv(3, first, kernel=4, stride=2, padding=1),
            OrientedNorm(first),
            nn.ReLU(),
            Residual(first, first),
            Residual(first, first),
        ]
        for inputs, outputs in pairwise(self.CHANNELS):
            layers += [
                nn.AvgPool2d(2, ceil_mode=True),
                Residual(inputs, outputs),
                Residual(outputs, outputs),
            ]
        self.features = nn.Sequential(*layers, InvariantPool())
        self.classifier = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(2 * last, len(COLUMNS)), nn.Sigmoid()
        )

    def forward(self, images: Tensor) -> Tensor:
        fractions: Tensor = self.classifier(self.features(images))
        return fractions


class Residual(nn.Module):
    """Two convolutions, and a way around them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            OrientedConv(inputs, outputs, kernel=3),
            OrientedNorm(outputs),
            nn.ReLU(),
            OrientedConv(outputs, outputs, kernel=3),
            OrientedNorm(outputs),
        )
        self.around = nn.Sequential()
        if outputs != inputs:
            self.around.append(OrientedConv(inputs, outputs, kernel=1))
            self.around.append(OrientedNorm(outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        return nn.functional.relu(self.convolutions(inputs) + self.around(inputs))


def tuned_resnet(size: int) -> nn.Module:  # noqa: ARG001  every network is built for a size
    return TunedResNet()


def sees_quarter_turns_alike(model: nn.Module, size: int) -> bool:
    """Whether a network predicts the same of an image that is turned by a quarter or mirrored.

    The tuned network does for sides of 16, 32, 48, 64, ... pixels, which it halves four times.
    """
    return isinstance(model, TunedResNet) and size % 16 == 0


ARCHITECTURES: dict[str, Callable[[int], nn.Module]] = {
    "cnn": CourseCNN,
    "resnet": course_resnet,
    "tuned": tuned_resnet,
}
"""By name, what builds each network for square images of so many pixels."""


def build(architecture: str, size: int, seed: int) -> nn.Module:
    """A network with the first weights that `seed` gives."""
    torch.manual_seed(seed)
    return ARCHITECTURES[architecture](size)


def count_parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


PIXEL_DIVISOR = 255
"""What the bytes of an image are divided by before a network sees them"""


def to_input(images: Tensor) -> Tensor:
    """What a network takes, float [B, 3, H, W] from 0 to 1, of images uint8 [B, H, W, 3]."""
    # channels are moved while they are bytes, a quarter of the memory that floats take
    return images.permute(0, 3, 1, 2).contiguous().float().div_(PIXEL_DIVISOR)
