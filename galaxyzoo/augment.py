"""Views of images: turned, mirrored, zoomed, shifted and lit, a whole batch in one resampling."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional

from galaxyzoo.params import TrainParams


@dataclass(frozen=True)
class Ranges:
    """How far a random view may be from its image."""

    rotation: float
    """Largest turn to either side, in degrees"""
    flip: bool
    """Whether half of the views are mirrored, at random"""
    zoom: float
    """Largest factor by which a galaxy grows or shrinks; drawn evenly on a logarithmic scale"""
    shift: float
    """Largest shift along each axis, in pixels"""
    brightness: float
    """Largest part by which a view is brighter or darker"""

    @classmethod
    def of(cls, options: TrainParams) -> Self:
        return cls(options.rotation, options.flip, options.zoom, options.shift, options.brightness)

    @property
    def moves(self) -> bool:
        """Whether a view shows its galaxy elsewhere than the image does."""
        return bool(self.rotation or self.flip or self.zoom > 1 or self.shift)


def random_views(images: Tensor, ranges: Ranges, draws: torch.Generator) -> Tensor:
    """A view of each image, drawn within `ranges`: float [B, 3, H, W] to the same.

    Numbers are drawn on the CPU from `draws`, so that every device gets the same views.
    """
    count = len(images)
    if ranges.moves:
        images = resample(images, _random_maps(count, images.shape[-1], ranges, draws))
    if ranges.brightness:
        light = 1 + ranges.brightness * _uniform((count, 1, 1, 1), draws)
        images = images * light.to(images.device)
    return images


def regular_views(images: Tensor, count: int, quarter: bool = False) -> Iterator[Tensor]:
    """The images themselves, and views turned by equal steps, half of all of them mirrored.

    `count` is 1 or even: 8 are the quarter turns, each as it is and mirrored. With `quarter`, for
    networks to which those are all alike, the steps divide a quarter turn, and none is mirrored.
    """
    yield images
    turns = count if quarter else max(count // 2, 1)
    step = 2 * math.pi / turns / (4 if quarter else 1)
    for view in range(1, count):
        mirrored, turn = divmod(view, turns)
        angle, flip = torch.tensor([step * turn]), torch.tensor([-1.0 if mirrored else 1.0])
        one_map = _maps(angle, flip, torch.ones(1), torch.zeros(1, 2))
        yield resample(images, one_map.expand(len(images), 2, 3))


def resample(images: Tensor, maps: Tensor) -> Tensor:
    """Look at images through affine maps, bilinearly: black beyond their borders.

    `images` is float [B, 3, H, W]. `maps` is float [B, 2, 3], from places in the view to places
    in the image, both from -1 to 1 along each axis.
    """
    # black, as the sky is, where a turn uncovers a corner
    grid = functional.affine_grid(maps.to(images.device), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def _random_maps(count: int, side: int, ranges: Ranges, draws: torch.Generator) -> Tensor:
    angle = math.radians(ranges.rotation) * _uniform((count,), draws)
    mirrored = (
        _uniform((count,), draws) < 0 if ranges.flip else torch.zeros(count, dtype=torch.bool)
    )
    flip = torch.where(mirrored, -1.0, 1.0)
    scale = torch.exp(math.log(ranges.zoom) * _uniform((count,), draws))
    shift = 2 / side * ranges.shift * _uniform((count, 2), draws)
    return _maps(angle, flip, scale, shift)


def _maps(angle: Tensor, flip: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Maps that turn by `angle` (radians), mirror where `flip` is -1, and shrink by `scale`."""
    cos, sin = scale * angle.cos(), scale * angle.sin()
    rows = torch.stack([cos * flip, -sin, sin * flip, cos], dim=1).reshape(-1, 2, 2)
    return torch.cat([rows, shift[:, :, None]], dim=2)


def _uniform(shape: tuple[int, ...], draws: torch.Generator) -> Tensor:
    """Numbers from -1 to 1."""
    return 2 * torch.rand(shape, generator=draws) - 1
