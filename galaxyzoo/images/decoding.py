"""Images decoded to RGB, whatever their format: by their content, and not by their name."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from galaxyzoo.base.messages import shorten
from galaxyzoo.images.colours import DEEP, to_rgb
from galaxyzoo.images.jpegs import decode_jpeg
from galaxyzoo.images.pngs import refuse_damaged_png
from galaxyzoo.images.sizes import refuse_bomb
from galaxyzoo.images.sources import FITS, ImagesError
from galaxyzoo.processed import RENDERED_COMMENT

FORMATS = "JPEG, PNG, TIFF, WebP, BMP or GIF"

# What Pillow's readers raise for damaged files
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)

_OTHERS: dict[bytes, tuple[str, type[ImageFile]]] = {
    b"II*\0": ("TIFF", TiffImageFile),
    b"MM\0*": ("TIFF", TiffImageFile),
    b"II+\0": ("TIFF", TiffImageFile),
    b"RIFF": ("WebP", WebPImageFile),
    b"BM": ("BMP", BmpImageFile),
    b"GIF8": ("GIF", GifImageFile),
}

_NO_PICTURES = {
    b"SIMPLE  =": FITS,
    b"\x1f\x8b": "is compressed by gzip; unpack it",
    b"": f"is none of {FORMATS}",
}


def decode(content: bytes) -> Image.Image:
    """Decode an image to RGB, at its full size and without shortcuts; see `decode_and_check`."""
    return decode_and_check(content)[0]


def decode_and_check(content: bytes) -> tuple[Image.Image, str]:
    """An image as RGB; and what is odd about its colours, empty if nothing is.

    The content counts, and not the name. Of several images in a file this is the first. An
    orientation in EXIF is not followed: the sky has no up. For colours see `colours.to_rgb`.
    Raises ImagesError that says what is wrong: also where a checksum or the decoder noticed damage.
    """
    name, reader = _reader(content)
    with _explained(name):
        return to_rgb(reader(content))


def convert_and_check(image: Image.Image) -> tuple[Image.Image, str]:
    """An image that somebody opened or made, as `decode_and_check` gives what it decodes itself.

    It may have any mode; `image` stays as it is. Raises ImagesError, as that does.
    """
    with _explained(image.format or "PIL image"):
        refuse_bomb(image.size)
        deep = _is_deep(image)
        own = image.copy()
        own.info[DEEP] = deep
        return to_rgb(own)


def is_rendered(image: Image.Image) -> bool:
    """Whether an image that `decode` gave belongs to the embedded sample, and not to the sky."""
    return image.info.get("comment") == RENDERED_COMMENT


def _reader(content: bytes) -> tuple[str, Callable[[bytes], Image.Image]]:
    if content.startswith(b"\xff\xd8"):
        return "JPEG", decode_jpeg
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG", _decode_png
    for start, (name, reader) in _OTHERS.items():
        if content.startswith(start):
            return name, partial(_load, reader)
    if not content:
        raise ImagesError("is empty: 0 bytes")
    raise ImagesError(next(why for start, why in _NO_PICTURES.items() if content.startswith(start)))


def _decode_png(content: bytes) -> Image.Image:
    image = _load(PngImageFile, content)
    refuse_damaged_png(content)
    return image


def _load(reader: type[ImageFile], content: bytes) -> Image.Image:
    image = reader(io.BytesIO(content))
    refuse_bomb(image.size)
    image.info[DEEP] = _is_deep(image)
    image.load()
    return image


def _is_deep(image: Image.Image) -> bool:
    """Of an image whose pixels aren't loaded yet; Pillow then forgets what the file had."""
    return any(";16" in str(tile) for tile in getattr(image, "tile", ()))


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Raise ImagesError for what a reader raises; and let it warn nobody."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImagesError:
        raise
    except _DAMAGED as error:
        why = str(error) or type(error).__name__
        raise ImagesError(f"does not decode as a {name}: {shorten(why)}") from error
