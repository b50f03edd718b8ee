"""The tuned network with ordinary convolutions: what its symmetric filters are measured against."""

from itertools import pairwise

from torch import Tensor, nn

from galaxyzoo.networks.tuned import TunedResNet

ORIENTATIONS = 8  # of the tuned network: an ordinary filter stands for one of them


class OrdinaryResNet(nn.Module):
    """As many channels and the same halvings as TunedResNet.

    2,805,221 parameters at 37 outputs; fits images of any size.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__()
        channels = [ORIENTATIONS * own for own in TunedResNet.CHANNELS]
        layers: list[nn.Module] = [
            nn.Conv2d(3, channels[0], 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(channels[0]),
            nn.ReLU(),
            _Residual(channels[0], channels[0]),
            _Residual(channels[0], channels[0]),
        ]
        for inputs, wider in pairwise(channels):
            layers += [nn.AvgPool2d(2), _Residual(inputs, wider), _Residual(wider, wider)]
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.classifier = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(channels[-1], outputs), nn.Sigmoid()
        )

    def forward(self, images: Tensor) -> Tensor:
        fractions: Tensor = self.classifier(self.features(images))
        return fractions


class _Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.around = nn.Sequential()
        if outputs != inputs:
            self.around.append(nn.Conv2d(inputs, outputs, 1, bias=False))
            self.around.append(nn.BatchNorm2d(outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        return nn.functional.relu(self.convolutions(inputs) + self.around(inputs))
