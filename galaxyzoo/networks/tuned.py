"""The tuned network: a ResNet that knows that the sky has no up and no left."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from galaxyzoo.networks.common.folding import Folded, fold_norms
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.layers.equivariant import (
    InvariantMean,
    InvariantPool,
    LiftingConv,
    OrientedConv,
    OrientedNorm,
)
from galaxyzoo.networks.layers.turning import ORIENTATIONS

_ABOUT = """
A ResNet whose filters look in the eight orientations of a square: four quarter turns, each also
mirrored [cohen]. The sky has no up and no left, and this network knows it: an image, its quarter
turns and their mirror images get the same prediction, exactly so where the side of the image is a
multiple of 16 pixels. It has half as many channels as ResNet-18 (4 to 32 in each orientation) and
keeps more pixels for longer, since the images are small.
"""


class TunedResNet(nn.Module):
    """A ResNet that sees an image alike however it is turned by quarters or mirrored.

    Its channels, 4 to 32 in each of 8 orientations, are half of ResNet-18's, and it keeps four
    times the pixels: the first convolution halves small images, no pooling follows, and later
    halvings take means. Dropout before the last layer. 351,869 parameters at 37 outputs; fits
    images of any size. docs/tuning.md compares it with ordinary convolutions.
    """

    CHANNELS = (4, 8, 16, 32)

    def __init__(self, outputs: int) -> None:
        super().__init__()
        first, last = self.CHANNELS[0], self.CHANNELS[-1]
        layers: list[nn.Module] = [
            LiftingConv(3, first, kernel=4, stride=2, padding=1),
            OrientedNorm(first),
            nn.ReLU(inplace=True),
            Residual(first, first),
            Residual(first, first),
        ]
        for inputs, channels in pairwise(self.CHANNELS):
            layers += [
                nn.AvgPool2d(2, ceil_mode=True),
                Residual(inputs, channels),
                Residual(channels, channels),
            ]
        self.features = nn.Sequential(*layers, InvariantPool())
        self.classifier = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * last, outputs), nn.Sigmoid())

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
            nn.ReLU(inplace=True),
            OrientedConv(outputs, outputs, kernel=3),
            OrientedNorm(outputs),
        )
        self.around = nn.Sequential()
        if outputs != inputs:
            self.around.append(OrientedConv(inputs, outputs, kernel=1))
            self.around.append(OrientedNorm(outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        added: Tensor = self.convolutions(inputs) + self.around(inputs)
        return added.relu_()


def tuned_resnet(size: int, outputs: int) -> nn.Module:  # noqa: ARG001  fits images of any size
    return TunedResNet(outputs)


def fold(model: nn.Module) -> Folded:
    """Filters turned once, in convolutions of torch, channels-last."""
    assert isinstance(model, TunedResNet)
    *layers, pool = model.features
    body = _plain(nn.Sequential(*layers)).to(memory_format=torch.channels_last)
    blocks = [layer for layer in body if isinstance(layer, _PlainResidual)]
    return Folded(body, pool, model.classifier, blocks, InvariantMean())


def _plain(layers: nn.Sequential) -> nn.Sequential:
    plain: list[nn.Module] = []
    for layer in layers:
        if isinstance(layer, LiftingConv | OrientedConv | OrientedNorm):
            plain.append(layer.as_plain())
        elif isinstance(layer, Residual):
            plain.append(_PlainResidual(_plain(layer.convolutions), _plain(layer.around)))
        else:
            plain.append(layer)
    return fold_norms(nn.Sequential(*plain))


class _PlainResidual(nn.Module):
    """What `Residual` is when folded."""

    def __init__(self, convolutions: nn.Sequential, around: nn.Sequential) -> None:
        super().__init__()
        self.convolutions, self.around = convolutions, around

    def forward(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self.convolutions(inputs)
        return outputs.add_(self.around(inputs)).relu_()


def sees_quarter_turns_alike(size: int) -> bool:
    """Whether the halvings keep the symmetry: at 16, 32, 48, 64, ... pixels, halved four times."""
    return size % 16 == 0


def _describe_lifting(layer: nn.Module) -> tuple[str, str]:
    assert isinstance(layer, LiftingConv)
    filters, _, side, _ = layer.weight.shape
    return (
        f"Convolution, {filters} filters of {side}x{side} in {ORIENTATIONS} orientations, "
        f"step {layer.stride}",
        "each filter looks for its pattern in every quarter turn, and mirrored",
    )


def _describe_norm(_: nn.Module) -> tuple[str, str]:
    return (
        "Batch norm, shared by the orientations",
        "keeps each channel near mean 0 and spread 1, so that the next layer can learn at ease",
    )


def _describe_block(_: nn.Module) -> tuple[str, str]:
    return (
        "Residual block, in all orientations",
        "two convolutions that learn what to add to what comes in",
    )


def _describe_pool(_: nn.Module) -> tuple[str, str]:
    return (
        "Mean over the image; mean and maximum over the orientations",
        "what was found counts, and not where, nor how it was turned",
    )


NETWORK = Network(
    "tuned",
    label="Tuned ResNet",
    color="#009E73",
    about=_ABOUT,
    make=tuned_resnet,
    fold=fold,
    views=8,
    quarter_turns_alike=sees_quarter_turns_alike,
    layers={
        LiftingConv: _describe_lifting,
        OrientedNorm: _describe_norm,
        Residual: _describe_block,
        InvariantPool: _describe_pool,
    },
)
