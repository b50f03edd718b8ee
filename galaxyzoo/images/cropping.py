"""From an image to what a network sees of it: the centre, resized."""

from PIL import Image

from galaxyzoo.images.sizes import MIN_CROP
from galaxyzoo.images.sources import ImagesError


def crop_center(image: Image.Image, side: int) -> Image.Image:
    """The central square of `side` pixels; half a pixel up and left where it can't be central.

    Raises ImagesError if the image is smaller than that.
    """
    if min(image.size) < side:
        width, height = image.size
        raise ImagesError(f"is {width}x{height} pixels; the crop needs at least {side}x{side}")
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def part_of_width(image: Image.Image, fraction: float) -> int:
    """A crop's side in pixels, at least 1: this fraction of the width; of the height if less."""
    return max(round(fraction * min(image.size)), 1)


def crop_part(image: Image.Image, fraction: float, size: int) -> Image.Image:
    """As `crop_resize`, by the part of the width; ImagesError if that is less than 10 pixels."""
    side = part_of_width(image, fraction)
    if side < MIN_CROP:
        width, height = image.size
        raise ImagesError(
            f"is {width}x{height} pixels, of which the crop keeps {side}x{side}; at least "
            f"{MIN_CROP}x{MIN_CROP} are needed"
        )
    return crop_resize(image, side, size)


def crop_resize(image: Image.Image, crop: int, size: int) -> Image.Image:
    """Keep the central `crop` pixels of an image and resize them to `size` (Pillow's bicubic)."""
    return crop_center(image, crop).resize((size, size))
