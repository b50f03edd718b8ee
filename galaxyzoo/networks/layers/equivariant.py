"""Layers that see an image alike however it is turned by quarters or mirrored.

The sky has no up and no left, so a galaxy's answers don't depend on how its image is turned. These
layers know it: each filter looks in all 8 orientations that the symmetries of the square give
(Cohen and Welling 2016, arXiv:1602.07576, there called p4m). Turn the image by a quarter, and the
outputs are turned and change their places, and nothing else. A network of such layers need not
learn from examples what each filter looks like when turned, and has an eighth of the weights.

Between layers, tensors are [B, 8 * C, H, W]: all C channels of the first orientation, then those
of the second, and so on; channels-last in memory.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from galaxyzoo.networks.layers.shared_norm import known_norm, shared_norm
from galaxyzoo.networks.layers.turning import ORIENTATIONS, in_all_orientations, turn


class LiftingConv(nn.Module):
    """The first convolution: from image channels [B, I, H, W] to orientations [B, 8 * O, ...].

    An even kernel with stride 2 keeps the symmetry on images of even size.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.weight = _initial(outputs, inputs, kernel, kernel, fan_in=inputs * kernel**2)
        self.stride, self.padding = stride, padding

    def forward(self, images: Tensor) -> Tensor:
        return functional.conv2d(images, self._filters(), stride=self.stride, padding=self.padding)

    def as_plain(self) -> nn.Conv2d:
        """A convolution of torch that computes the same, with filters that are turned already."""
        return _plain(self._filters(), self.stride, self.padding)

    def _filters(self) -> Tensor:
        filters = torch.cat([turn(self.weight, g) for g in range(ORIENTATIONS)])
        return filters.contiguous(memory_format=torch.channels_last)


class OrientedConv(nn.Module):
    """A convolution from orientations [B, 8 * I, H, W] to orientations [B, 8 * O, H, W]."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        fan_in = ORIENTATIONS * inputs * kernel**2
        self.weight = _initial(outputs, ORIENTATIONS, inputs, kernel, kernel, fan_in=fan_in)
        self.padding = kernel // 2

    def forward(self, inputs: Tensor) -> Tensor:
        # in the type of the inputs: autocast would convert filters when there are 8 times as many
        filters = in_all_orientations(self.weight, inputs.dtype)
        return functional.conv2d(inputs, filters, padding=self.padding)

    def as_plain(self) -> nn.Conv2d:
        """A convolution of torch that computes the same, with filters that are turned already."""
        return _plain(in_all_orientations(self.weight, self.weight.dtype), 1, self.padding)


class OrientedNorm(nn.Module):
    """Batch norm of [B, 8 * C, H, W], with statistics that all orientations share."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, inputs: Tensor) -> Tensor:
        if not self.training:
            return known_norm(inputs, self.norm, ORIENTATIONS)
        # several processes share statistics through another class
        if inputs.device.type == "cpu" and type(self.norm) is nn.BatchNorm2d:
            return shared_norm(inputs, self.norm, ORIENTATIONS)
        return self._side_by_side(inputs)

    def as_plain(self) -> nn.BatchNorm2d:
        """A batch norm of torch in evaluation mode that computes what this one does then."""
        plain = nn.BatchNorm2d(ORIENTATIONS * self.norm.num_features, self.norm.eps).eval()
        learned = self.norm.state_dict()
        plain.load_state_dict(
            {name: own.repeat(ORIENTATIONS) if own.ndim else own for name, own in learned.items()}
        )
        return plain

    def _side_by_side(self, inputs: Tensor) -> Tensor:
        # Side by side, orientations are more pixels of the same channels. Channels come last in
        # memory, so nothing is copied.
        batch, channels, height, width = inputs.shape
        last = inputs.permute(0, 2, 3, 1)
        wide = last.reshape(batch, height, width * ORIENTATIONS, channels // ORIENTATIONS)
        normed: Tensor = self.norm(wide.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return normed.reshape(batch, height, width, channels).permute(0, 3, 1, 2)


class InvariantPool(nn.Module):
    """Over pixels the mean, over orientations mean and maximum: [B, 8 * C, H, W] to [B, 2 * C]."""

    def forward(self, inputs: Tensor) -> Tensor:
        oriented = inputs.mean(dim=(2, 3)).reshape(len(inputs), ORIENTATIONS, -1)
        return torch.cat([oriented.mean(dim=1), oriented.amax(dim=1)], dim=1)


class InvariantMean(nn.Module):
    """Over pixels and orientations the mean: [B, 8 * C, H, W] to [B, C]."""

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs.mean(dim=(2, 3)).reshape(len(inputs), ORIENTATIONS, -1).mean(dim=1)


def _plain(filters: Tensor, stride: int, padding: int) -> nn.Conv2d:
    outputs, inputs, kernel, _ = filters.shape
    plain = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False).eval()
    plain.weight = nn.Parameter(filters.detach(), requires_grad=False)
    return plain


def _initial(*shape: int, fan_in: int) -> nn.Parameter:
    """First weights for layers with ReLU (He et al. 2015, arXiv:1502.01852)."""
    return nn.Parameter(torch.randn(shape) * math.sqrt(2 / fan_in))
