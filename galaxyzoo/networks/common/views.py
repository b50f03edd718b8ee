"""Views of images: turned, mirrored, zoomed and shifted, a whole batch in one resampling.

Training draws them at random (augmentation), prediction takes regular ones (test-time
augmentation).
"""

import torch
from torch import Tensor
from torch.nn import functional


def resample(images: Tensor, maps: Tensor) -> Tensor:
    """Look at images through affine maps, bilinearly: black beyond their borders.

    `images` is float [B, 3, H, W]. `maps` is float [B, 2, 3], from places in the view to places
    in the image, both from -1 to 1 along each axis.
    """
    # black, as the sky is, where a turn uncovers a corner
    grid = functional.affine_grid(maps.to(images.device), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def resample_all(images: Tensor, one_map: Tensor) -> Tensor:
    """Look at all images through the same map [1, 2, 3]; as `resample`, but that the view is
    channels-last in memory.
    """
    if images.device.type != "cpu":
        return resample(images, one_map.expand(len(images), 2, 3))
    # As one picture of many channels, side by side in memory: where a view's pixel is seen, and
    # with which weights, is worked out once for all images, and what it takes lies together.
    together = images.permute(2, 3, 0, 1).flatten(2).permute(2, 0, 1)[None]
    seen = resample(together, one_map).reshape(images.shape)
    return seen.contiguous(memory_format=torch.channels_last)


def affine_maps(angle: Tensor, flip: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Maps [B, 2, 3] that turn by `angle` (radians), mirror where `flip` is -1, shrink by `scale`.

    `angle`, `flip` and `scale` are [B]; `shift` is [B, 2], 2 being the side of an image.
    """
    cos, sin = scale * angle.cos(), scale * angle.sin()
    rows = torch.stack([cos * flip, -sin, sin * flip, cos], dim=1).reshape(-1, 2, 2)
    return torch.cat([rows, shift[:, :, None]], dim=2)
