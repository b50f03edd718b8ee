"""The small network of the course."""

import copy

from torch import Tensor, nn

from galaxyzoo.networks.common.folding import Folded, fold_norms
from galaxyzoo.networks.common.network import Network

_ABOUT = """
The small network of the course: two convolutions with 5x5 windows, each with batch norm, ReLU and
max pooling, find 6 and then 16 patterns; three fully connected layers draw conclusions from where
these were found. Nearly all of its parameters are in the first of those three, which looks at every
remaining pixel.
"""


class CourseCNN(nn.Module):
    """The small network of the course, for square images of `size` pixels.

    Two convolutions (kernel 5, padding 3), each with batch norm, ReLU and 2x2 max pooling; then
    three fully connected layers and a sigmoid: an answer's fraction, each by itself, from 0 to 1.
    571,225 parameters at 64 pixels and 37 outputs.
    """

    def __init__(self, size: int, outputs: int) -> None:
        super().__init__()
        self.features = nn.Sequential(*_convolution(3, 6), *_convolution(6, 16))
        side = _side_after_convolution(_side_after_convolution(size))
        self.classifier = nn.Sequential(
            nn.Linear(16 * side * side, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, outputs),
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


def fold(model: nn.Module) -> Folded:
    assert isinstance(model, CourseCNN)
    layers = copy.deepcopy(model.classifier)
    neck, head = layers[:-2], layers[-2:]  # the last layer, and its sigmoid
    body = fold_norms(copy.deepcopy(model.features))
    pools = [own for own in body if isinstance(own, nn.MaxPool2d)]
    hidden = [own for own in neck if isinstance(own, nn.ReLU)]
    return Folded(body, nn.Sequential(nn.Flatten(), neck), head, [*pools, *hidden])


NETWORK = Network("cnn", label="CNN", color="#0072B2", about=_ABOUT, make=CourseCNN, fold=fold)
