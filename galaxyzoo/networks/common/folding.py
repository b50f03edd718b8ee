"""Networks as they predict: batch norm folded into the convolutions, for all precisions.

Once a network is trained, batch norm multiplies and adds by fixed numbers, which weights and biases
of the convolution before it can do as well. What is folded predicts the same, and can't be trained;
files keep the weights as they were learned.
"""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Folded(nn.Module):
    """A network for predictions alone, in three parts."""

    def __init__(self, body: nn.Module, neck: nn.Module, head: nn.Module) -> None:
        """`body` has nearly all of the work, and gives [B, ...]; `neck` makes of that features
        [B, D], what the network has seen; and `head`, the last layer, makes fractions of these.
        """
        super().__init__()
        self.body, self.neck, self.head = body, neck, head
        self.eval().requires_grad_(False)

    def in_precision(self, dtype: torch.dtype) -> Self:
        """The same network, changed so that its body takes and computes numbers of `dtype`.

        The others stay in float32: a fraction of bfloat16 has steps of 0.004.
        """
        self.body.to(dtype)
        return self

    def forward(self, images: Tensor) -> Tensor:
        return self.with_features(images)[1]

    def with_features(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, D] and fractions [B, outputs], float32, in one pass."""
        features: Tensor = self.neck(self.body(images).float())
        return features, self.head(features)


def as_it_is(model: nn.Module) -> Folded:
    """For networks in which there is nothing to fold: their fractions are their features."""
    return Folded(model, nn.Flatten(), nn.Identity())


def fold_norms(layers: nn.Sequential) -> nn.Sequential:
    """The same layers, in which each convolution does what the batch norm after it did."""
    folded: list[nn.Module] = []
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            before = folded.pop()
            assert isinstance(before, nn.Conv2d)
            folded.append(fuse_conv_bn_eval(before, layer))
        elif isinstance(layer, nn.ReLU) and folded:
            folded.append(nn.ReLU(inplace=True))
        else:
            folded.append(layer)
    return nn.Sequential(*folded)
