"""Images decoded: JPEGs and PNGs to RGB."""

import io
import struct
import zlib

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from galaxyzoo.images.sources import ImagesError
from galaxyzoo.processed import RENDERED_COMMENT

_JPEG_START, _PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"

# What Pillow's readers raise for damaged files
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    struct.error,
    zlib.error,
)


def decode(jpeg: bytes) -> Image.Image:
    """Decode a JPEG to RGB, at its full size and without shortcuts.

    Raises ImagesError that says what is wrong with it.
    """
    # Image.open would first ask of what format the file is, which takes a tenth of the time
    image = _load(JpegImageFile, "JPEG", jpeg)
    return image if image.mode == "RGB" else image.convert("RGB")


def decode_any(content: bytes) -> Image.Image:
    """Decode a JPEG or a PNG, whatever its name says, to RGB, as `decode` does.

    Grey of 16 bits keeps its upper 8. What is transparent becomes black, as the sky is. Of an
    animation this is the first image. An orientation in EXIF is not followed: training does not
    follow it either, and the sky has no up. Raises ImagesError that says what is wrong.
    """
    if not content.startswith(_PNG_START):
        if not content.startswith(_JPEG_START):
            raise ImagesError("is neither a JPEG nor a PNG")
        return decode(content)
    image = _load(PngImageFile, "PNG", content)
    if image.mode in ("I", "I;16", "I;16B"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, "black")
        return Image.alpha_composite(black, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _load(reader: type[ImageFile], name: str, content: bytes) -> Image.Image:
    try:
        image = reader(io.BytesIO(content))
        _refuse_bomb(image)
        image.load()
    except ImagesError:
        raise
    except _DAMAGED as error:
        raise ImagesError(f"does not decode as a {name}: {error}") from error
    return image


def _refuse_bomb(image: Image.Image) -> None:
    """Refuse a small file that would fill the memory, by Pillow's own limit."""
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and image.width * image.height > limit:
        raise ImagesError(f"is {image.width}x{image.height} pixels; at most {limit} are read")


def is_rendered(image: Image.Image) -> bool:
    """Whether an image that `decode` gave belongs to the embedded sample, and not to the sky."""
    return image.info.get("comment") == RENDERED_COMMENT
