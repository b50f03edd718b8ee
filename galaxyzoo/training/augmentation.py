"""Augmentation: random views of images, turned, mirrored, zoomed, shifted and lit."""

import math
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from galaxyzoo.base.places import ALONE, Rows
from galaxyzoo.networks.common.views import affine_maps, resample
from galaxyzoo.training.params import TrainParams


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


def random_views(
    images: Tensor, ranges: Ranges, draws: torch.Generator, rows: Rows | None = None
) -> Tensor:
    """A view of each image, drawn within `ranges`: float [B, 3, H, W] to the same.

    Numbers are drawn on the CPU from `draws`, so that every device gets the same views. Where
    `images` are the computed ones of some `rows`, they are drawn for all of the batch.
    """
    rows = rows or ALONE.rows(len(images))
    if ranges.moves:
        maps = _random_maps(rows.batch, images.shape[-1], ranges, draws)
        images = resample(images, maps[rows.computed])
    if ranges.brightness:
        light = 1 + ranges.brightness * _uniform((rows.batch, 1, 1, 1), draws)
        images = images * light[rows.computed].to(images.device)
    return images


def _random_maps(count: int, side: int, ranges: Ranges, draws: torch.Generator) -> Tensor:
    angle = math.radians(ranges.rotation) * _uniform((count,), draws)
    mirrored = (
        _uniform((count,), draws) < 0 if ranges.flip else torch.zeros(count, dtype=torch.bool)
    )
    flip = torch.where(mirrored, -1.0, 1.0)
    scale = torch.exp(math.log(ranges.zoom) * _uniform((count,), draws))
    shift = 2 / side * ranges.shift * _uniform((count, 2), draws)
    return affine_maps(angle, flip, scale, shift)


def _uniform(shape: tuple[int, ...], draws: torch.Generator) -> Tensor:
    """Numbers from -1 to 1."""
    return 2 * torch.rand(shape, generator=draws) - 1
