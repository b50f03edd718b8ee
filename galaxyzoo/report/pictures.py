"""Images that are part of a page: WebP in data addresses."""

import base64
from collections.abc import Iterator, Mapping
from io import BytesIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from galaxyzoo.paths import ProcessedPaths
from galaxyzoo.processed import open_array

_QUALITY = 82
_TILE = 192  # twice the pixels of a tile
_FRAME = (255, 176, 0)


class ImagesByGalaxy(Mapping[str, NDArray[np.uint8]]):
    """The processed images, uint8 [size, size, 3], by GalaxyID: each is read when it is asked for.

    So a page of some hundred images takes little memory, however many galaxies there are.
    """

    def __init__(self, paths: ProcessedPaths) -> None:
        self._images, self._ids = open_array(paths.images), pd.Index(open_array(paths.galaxy_ids))

    def __getitem__(self, galaxy_id: str) -> NDArray[np.uint8]:
        return np.array(self._images[self._ids.get_loc(galaxy_id)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def data_address(image: Image.Image | NDArray[np.uint8]) -> str:
    """What an `img` takes as its `src` for an image, of uint8 [H, W, 3] or Pillow's."""
    pixels = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = BytesIO()
    pixels.save(file, "WEBP", quality=_QUALITY)
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
