"""From the bytes of images to what every network takes."""

from torch import Tensor

PIXEL_DIVISOR = 255
"""What the bytes of an image are divided by before a network sees them"""

MOST_PIXELS = 512
"""Side of the largest image that a network takes: a larger one would take memory by the gigabyte"""


def to_input(images: Tensor) -> Tensor:
    """What a network takes, float [B, 3, H, W] from 0 to 1, of images uint8 [B, H, W, 3]."""
    # channels are moved while they are bytes, a quarter of the memory that floats take
    return images.permute(0, 3, 1, 2).contiguous().float().div_(PIXEL_DIVISOR)
