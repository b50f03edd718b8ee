"""Images that are part of a page: WebP in data addresses."""

import base64
import math
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

_QUALITY = 82
_MOSAIC_QUALITY = 70
_TILE = 192  # twice the pixels of a tile
_FRAME = (255, 176, 0)


def data_address(image: Image.Image | NDArray[np.uint8], quality: int = _QUALITY) -> str:
    """What an `img` takes as its `src` for an image, of uint8 [H, W, 3] or Pillow's."""
    pixels = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = BytesIO()
    pixels.save(file, "WEBP", quality=quality)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def shrink(image: Image.Image) -> Image.Image:
    """An image in the size in which a tile of the page shows it, for screens of fine pixels."""
    return ImageOps.pad(image, (_TILE, _TILE), Image.Resampling.LANCZOS)


def frame_crop(image: Image.Image, crop: int) -> Image.Image:
    """A copy of `image` with a frame around the central square of `crop` pixels."""
    framed = image.copy()
    left, top = (image.width - crop) // 2, (image.height - crop) // 2
    box = (left - 2, top - 2, left + crop + 1, top + crop + 1)
    ImageDraw.Draw(framed).rectangle(box, outline=_FRAME, width=2)
    return framed


def mosaic(images: Sequence[NDArray[np.uint8]], tile: int) -> tuple[str, int]:
    """One picture of many images [H, W, 3], row by row, each `tile` pixels wide and high: its data
    address, and how many there are in a row.
    """
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    whole = Image.new("RGB", (columns * tile, rows * tile))
    for place, image in enumerate(images):
        row, column = divmod(place, columns)
        small = Image.fromarray(image).resize((tile, tile), Image.Resampling.LANCZOS)
        whole.paste(small, (column * tile, row * tile))
    return data_address(whole, _MOSAIC_QUALITY), columns
