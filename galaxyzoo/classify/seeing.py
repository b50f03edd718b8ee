"""From the content of files to what a model says of them, wherever that is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.images.decoding import decode_and_check
from galaxyzoo.images.suspicion import suspicion
from galaxyzoo.predict.predictor import Crop, Outlook, Predictor


@dataclass(frozen=True)
class SeenFile:
    """An image that is good, as it is and as the network is to see it."""

    original: Image.Image
    """RGB, of its full size"""
    cropped: NDArray[np.uint8]
    """[size, size, 3]"""
    odd: str
    """What is odd about it by itself; empty if nothing is"""


def see_file(crop: Crop, content: bytes) -> SeenFile:
    """What there is to see in a file; ImagesError if it holds no image that can be used."""
    original, odd = decode_and_check(content)
    cropped = crop(original)
    return SeenFile(original, cropped, odd or suspicion(cropped))


def see_all(predictor: Predictor, cropped: NDArray[np.uint8], odd: Sequence[str]) -> Outlook:
    """What a model sees in images [N, size, size, 3], of each of which something may be odd.

    The warning of one is what is odd about it by itself, or else what the model finds. Raises
    UserError if the network gives what is no number.
    """
    seen = predictor.see_cropped(cropped)
    warnings = [own or found for own, found in zip(odd, seen.warnings, strict=True)]
    return replace(seen, warnings=warnings)
