"""How large an image may be, and how much of it is kept."""

from galaxyzoo.images.sources import ImagesError

MIN_SIDE = 64
"""Width and height in pixels that an image must have at least"""

MIN_CROP = 10
"""Side in pixels of the smallest part of an image that is kept, and of the central pixels"""

MAX_PIXELS = 2**24
"""Pixels that are decoded at most: a process then stays below 1 GB, whatever the format"""


def refuse_small(size: tuple[int, int], least: int = MIN_SIDE) -> None:
    """Raise ImagesError if an image of this width and height is too small to show a galaxy."""
    width, height = size
    if min(size) < least:
        raise ImagesError(f"is {width}x{height} pixels; at least {least}x{least} are needed")


def refuse_bomb(size: tuple[int, int]) -> None:
    """Raise ImagesError if a small file could fill the memory."""
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImagesError(f"is {width}x{height} pixels; at most {MAX_PIXELS:,} are read")
