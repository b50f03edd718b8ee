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

ORIENTATIONS = 8


def turn(filters: Tensor, orientation: int) -> Tensor:
    """Filters or images [..., K, K] in one of the 8 orientations; 0 leaves them as they are."""
    mirrored, quarters = divmod(orientation, 4)
    if mirrored:
        filters = filters.flip(-1)
    return filters.rot90(quarters, (-2, -1)) if quarters else filters


def _composition_table() -> Tensor:
    """int64 [8, 8]: row g, column h is the orientation that g makes h of, when it is turned back.

    Found by trying: turning by x and then by g must give h.
    """
    turned = [turn(torch.arange(9).reshape(3, 3), g) for g in range(ORIENTATIONS)]

    def find(g: int, h: int) -> int:
        return next(x for x in range(ORIENTATIONS) if torch.equal(turn(turned[x], g), turned[h]))

    orientations = range(ORIENTATIONS)
    return torch.tensor([[find(g, h) for h in orientations] for g in orientations])


_TURNED_BACK = _composition_table()


class LiftingConv(nn.Module):
    """The first convolution: from image channels [B, I, H, W] to orientations [B, 8 * O, ...].

    An even kernel with stride 2 keeps the symmetry on images of even size.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.weight = _initial(outputs, inputs, kernel, kernel, fan_in=inputs * kernel**2)
        self.stride, self.padding = stride, padding

    def forward(self, images: Tensor) -> Tensor:
        filters = torch.cat([turn(self.weight, g) for g in range(ORIENTATIONS)])
        return functional.conv2d(
            images,
            filters.contiguous(memory_format=torch.channels_last),
            stride=self.stride,
            padding=self.padding,
        )


class OrientedConv(nn.Module):
    """A convolution from orientations [B, 8 * I, H, W] to orientations [B, 8 * O, H, W]."""

    turned_back: Tensor

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        fan_in = ORIENTATIONS * inputs * kernel**2
        self.weight = _initial(outputs, ORIENTATIONS, inputs, kernel, kernel, fan_in=fan_in)
        self.register_buffer("turned_back", _TURNED_BACK, persistent=False)

    def forward(self, inputs: Tensor) -> Tensor:
        kernel = self.weight.shape[-1]
        filters = self._in_all_orientations().contiguous(memory_format=torch.channels_last)
        return functional.conv2d(inputs, filters, padding=kernel // 2)

    def _in_all_orientations(self) -> Tensor:
        """Turned filters look for turned things: in other orientations of the inputs."""
        turned = [
            turn(self.weight.index_select(1, places), g)
            for g, places in enumerate(self.turned_back)
        ]
        return torch.cat(turned).flatten(1, 2)


class OrientedNorm(nn.Module):
    """Batch norm of [B, 8 * C, H, W], with statistics that all orientations share."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, inputs: Tensor) -> Tensor:
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


def _initial(*shape: int, fan_in: int) -> nn.Parameter:
    """First weights for layers with ReLU (He et al. 2015, arXiv:1502.01852)."""
    return nn.Parameter(torch.randn(shape) * math.sqrt(2 / fan_in))
