"""Test-time augmentation: regular views of an image, whose predictions are averaged."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from galaxyzoo.networks.common.views import affine_maps, resample


@dataclass(frozen=True)
class RegularViews:
    """Which views are taken of each image."""

    count: int = 1
    """1 or even: 8 are the quarter turns, each as it is and mirrored"""
    quarter: bool = False
    """For networks to which those are all alike: the turns divide a quarter, none is mirrored"""

    def of(self, images: Tensor) -> Iterator[Tensor]:
        """The images themselves, float [B, 3, H, W], and then each other view of all of them.

        Turns are counter-clockwise, by equal steps; half of all views are mirrored.
        """
        yield images
        turns = self.count if self.quarter else max(self.count // 2, 1)
        step = 2 * math.pi / turns / (4 if self.quarter else 1)
        for view in range(1, self.count):
            mirrored, turn = divmod(view, turns)
            angle, flip = torch.tensor([step * turn]), torch.tensor([-1.0 if mirrored else 1.0])
            one_map = affine_maps(angle, flip, torch.ones(1), torch.zeros(1, 2))
            yield resample(images, one_map.expand(len(images), 2, 3))
