"""What the service sends, looked at: is it the picture of a piece of sky?"""

import re

import numpy as np

from galaxyzoo.base.messages import shorten
from galaxyzoo.framing import SIDE
from galaxyzoo.images.decoding import decode
from galaxyzoo.images.sources import ImagesError

OUTSIDE = "outside the SDSS footprint"
"""What SDSS says of a position that it has no pictures of"""

_MOST_BLACK = 0.5
"""Part of the pixels that are quite black. SDSS writes some words on black where it has no picture,
which leaves 0.9; in 2,333 of its pictures of galaxies it was 0.24 at most."""

_TITLE = re.compile(rb"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)


def check_picture(content: bytes) -> None:
    """Raise ImagesError if `content` is no JPEG of 424x424 that decodes, or shows no sky."""
    if content.lstrip()[:1] == b"<":
        raise ImagesError(f"is a web page and no picture{_title(content)}")
    if not content.startswith(b"\xff\xd8"):
        raise ImagesError(f"is no JPEG: {len(content)} bytes of something else")
    image = decode(content)
    if image.size != (SIDE, SIDE):
        width, height = image.size
        raise ImagesError(f"is {width}x{height} pixels and not {SIDE}x{SIDE}")
    black = (np.asarray(image) == 0).all(axis=2)
    if black.mean() > _MOST_BLACK:
        raise ImagesError(f"is black: the position is {OUTSIDE}, or nothing is known there")


def _title(content: bytes) -> str:
    found = _TITLE.search(content)
    return f": {shorten(found[1].decode(errors='replace'))}" if found else ""
