"""Test-time augmentation: regular views of an image, whose predictions are averaged."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor

from galaxyzoo.networks.common.views import affine_maps, resample_all


@dataclass(frozen=True)
class RegularViews:
    """Which views are taken of each image."""

    count: int = 1
    """1 or even: 8 are the quarter turns, each as it is and mirrored"""
    quarter: bool = False
    """For networks to which those are all alike: the turns divide a quarter, none is mirrored"""
    magnified: float = 1.0
    """How much larger every other view, from the second on, shows its galaxy"""

    def of(self, images: Tensor) -> Iterator[Tensor]:
        """The images themselves, float [B, 3, H, W], and then each other view of all of them.

        Turns are counter-clockwise, by equal steps; half of all views are mirrored.
        """
        turns = self.count if self.quarter else max(self.count // 2, 1)
        quarters = 1 if self.quarter else 4  # that all turns make
        for view in range(self.count):
            mirrored, turn = divmod(view, turns)
            closer = self.magnified if view % 2 else 1.0
            yield _view(images, Fraction(quarters * turn, turns), bool(mirrored), closer)


def _view(images: Tensor, quarters: Fraction, mirrored: bool, magnified: float) -> Tensor:
    """One view of all images: mirrored or not, and then turned; and magnified."""
    if quarters.denominator == 1 and magnified == 1:
        # whole quarter turns move pixels, and mix none
        turned = images.rot90(quarters.numerator, (2, 3)) if quarters else images
        return turned.flip(3) if mirrored else turned
    angle = torch.tensor([math.pi / 2 * float(quarters)])
    flip = torch.tensor([-1.0 if mirrored else 1.0])
    scale = torch.tensor([1 / magnified])
    return resample_all(images, affine_maps(angle, flip, scale, torch.zeros(1, 2)))
