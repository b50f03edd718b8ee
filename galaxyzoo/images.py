"""Images of galaxies: found by their GalaxyID, decoded and cropped."""

import io
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from galaxyzoo.sources import Files, FolderFiles, ImagesError, ZipFiles

RENDERED_COMMENT = b"rendered by galaxyzoo: not a photograph of the sky"
"""The JPEG comment of every image of the embedded sample, so that its origin travels with it."""

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

_JPEG_NAME = re.compile(r"(\d+)\.jpe?g", re.IGNORECASE)


@dataclass(frozen=True)
class ImageSource:
    """JPEGs in a zip or a folder, searched to any depth, by GalaxyID.

    It can be handed to other processes, which then read at the same time.
    """

    files: Files
    names: dict[int, str]
    """Where in `files` each galaxy's image is, by GalaxyID in ascending order."""

    @property
    def path(self) -> Path:
        return self.files.path

    def read(self, galaxy_id: int) -> bytes:
        """The JPEG of one galaxy, as stored."""
        return self.files.read(self.names[galaxy_id])


def open_images(path: Path) -> ImageSource:
    """Open a zip (read in place, never unpacked) or a folder of ``<GalaxyID>.jpg``.

    Raises ImagesError if nothing is there, if it holds no such JPEG, or if two of them share a
    GalaxyID.
    """
    if not (path.is_dir() or path.is_file()):
        raise ImagesError(f"{path}: no such zip or folder of images (params.yaml: data.images)")
    files = FolderFiles(path) if path.is_dir() else ZipFiles(path)
    return ImageSource(files, _by_galaxy(path, files.names))


def _by_galaxy(path: Path, names: Iterable[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name in names:
        match = _JPEG_NAME.fullmatch(name.rpartition("/")[2])
        if match is None:
            continue
        galaxy_id = int(match[1])
        if galaxy_id in found:
            raise ImagesError(
                f"{path}: two images of GalaxyID {galaxy_id}: {found[galaxy_id]} and {name}"
            )
        found[galaxy_id] = name
    if not found:
        raise ImagesError(f"{path}: holds no JPEG named <GalaxyID>.jpg, such as 100008.jpg")
    return dict(sorted(found.items()))


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


def crop_resize(image: Image.Image, crop: int, size: int) -> Image.Image:
    """Keep the central `crop` pixels of an image and resize them to `size` (Pillow's bicubic)."""
    return crop_center(image, crop).resize((size, size))
