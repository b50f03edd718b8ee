"""JPEGs decoded, and refused where the decoder noticed that they are damaged.

Pillow takes what libjpeg makes of a damaged file: grey, or noise. simplejpeg calls the same library
with the same settings, so that whole images are the same to the bit, and passes its warnings on.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from galaxyzoo.base.messages import shorten
from galaxyzoo.images.sizes import refuse_bomb
from galaxyzoo.images.sources import ImagesError

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive: what libjpeg decodes

_NO_CHECK = "Could not determine subsampling"  # of rare kinds, that only Pillow decodes


def decode_jpeg(content: bytes) -> Image.Image:
    """The image in a JPEG as Pillow would give it: RGB, or CMYK; `info` has what the header says.

    Raises ImagesError for what the decoder notices, and for a JPEG that lacks a part of its scans.
    Others raise what Pillow's readers raise for damaged files.
    """
    header = JpegImageFile(io.BytesIO(content))
    refuse_bomb(header.size)
    pixels = _strictly(content)
    _refuse_missing_scans(content)
    if header.mode == "CMYK" or pixels is None:
        header.load()  # to the colours that Pillow gives
        return header
    image = Image.fromarray(pixels)
    image.info = header.info
    return image


def _strictly(content: bytes) -> NDArray[np.uint8] | None:
    """uint8 [H, W, 3]; None for rare kinds, which can't be decoded so."""
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(content, strict=True)
    except ValueError as error:
        if _NO_CHECK in str(error):
            return None
        raise ImagesError(f"is a damaged JPEG: {shorten(error)}") from error
    return pixels


@dataclass(frozen=True)
class _Scan:
    """A part of a JPEG: some coefficients of some components, down to the bit `low`."""

    components: tuple[int, ...]
    first: int
    last: int
    low: int


def _refuse_missing_scans(content: bytes) -> None:
    """Refuse a JPEG that was cut between two scans and closed: no decoder misses the others."""
    components, progressive, scans = _structure(content)
    left: dict[tuple[int, int], int] = {}
    for scan in scans:
        for component in scan.components:
            for coefficient in range(scan.first, scan.last + 1) if progressive else (0,):
                left[component, coefficient] = scan.low
    wanted = range(64) if progressive else (0,)
    if any(left.get((one, place), 1) for one in components for place in wanted):
        raise ImagesError("is a damaged JPEG: some of its scans are missing")


def _structure(content: bytes) -> tuple[tuple[int, ...], bool, list[_Scan]]:
    """The components of a JPEG, whether it is progressive, and its scans."""
    components: tuple[int, ...] = ()
    progressive = False
    scans = []
    for marker, body in _segments(content):
        if marker in _FRAMES:
            components, progressive = tuple(body[6::3]), marker == 0xC2
        elif marker == _START_OF_SCAN:
            count = body[0]
            first, last, bits = body[1 + 2 * count : 4 + 2 * count]
            scans.append(_Scan(tuple(body[1 : 1 + 2 * count : 2]), first, last, bits & 15))
            if not progressive and count == len(components):  # the one scan of nearly all JPEGs
                break
    return components, progressive, scans


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker that has a length, and what stands in it, up to the end of the image."""
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 4 <= len(content):
        marker = content[place + 1]
        if marker == _END_OF_IMAGE:
            return
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # in a scan, or without a length
            place += 2
        elif marker == 0xFF:  # fills up
            place += 1
        else:
            length = int.from_bytes(content[place + 2 : place + 4])
            yield marker, content[place + 4 : place + 2 + length]
            place += 2 + length
