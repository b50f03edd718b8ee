"""JPEGs of galaxies, in a zip or a folder: found, read, decoded and cropped."""

import errno
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from galaxyzoo.errors import UserError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RENDERED_COMMENT = b"rendered by galaxyzoo: not a photograph of the sky"
"""The JPEG comment of every image of the embedded sample, so that its origin travels with it."""

_JPEG_NAME = re.compile(r"(\d+)\.jpe?g", re.IGNORECASE)


class ImagesError(UserError):
    """The images are missing, or some of them can't be used."""


class ImageSource(Protocol):
    """Where images come from: a zip or a folder, searched to any depth.

    It can be handed to other processes, which then read at the same time.
    """

    path: Path
    names: dict[int, str]
    """Where in `path` each galaxy's image is, by GalaxyID in ascending order."""

    def read(self, galaxy_id: int) -> bytes:
        """The JPEG of one galaxy, as stored.

        Raises ImagesError that says why it can't be read.
        """
        ...


class _ZipSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(io.BufferedReader(_ForkableFile(path)))
        except zipfile.BadZipFile as error:
            raise ImagesError(
                f"{path}: expected a zip of JPEGs, but it is none: {error}"
            ) from error
        except OSError as error:
            raise ImagesError(f"{path}: can't be read: {error.strerror}") from error
        self.names = _by_galaxy(path, self._zip.namelist())

    def __reduce__(self) -> tuple[type[Self], tuple[Path]]:
        return type(self), (self.path,)

    def read(self, galaxy_id: int) -> bytes:
        try:
            return self._zip.read(self.names[galaxy_id])
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
            # RuntimeError: it is encrypted, or packed in a way that Python doesn't know
            raise ImagesError(f"does not unpack from the zip: {error}") from error


class _ForkableFile(io.RawIOBase):
    """A file for reading, whose position is each process's own also if it was opened before a fork.

    The directory of a large zip, half a second's work, is so read once for all processes.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self._position = 0

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        size = os.fstat(self._descriptor).st_size
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "seek to before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        content = os.pread(self._descriptor, len(target), self._position)
        target[: len(content)] = content
        self._position += len(content)
        return len(content)


class _FolderSource:
    def __init__(self, path: Path) -> None:
        self.path = path
        files = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        self.names = _by_galaxy(path, (str(file.relative_to(path)) for file in files))

    def read(self, galaxy_id: int) -> bytes:
        try:
            return (self.path / self.names[galaxy_id]).read_bytes()
        except OSError as error:
            raise ImagesError(f"can't be read: {error.strerror}") from error


def open_images(path: Path) -> ImageSource:
    """Open a zip (read in place, never unpacked) or a folder of ``<GalaxyID>.jpg``.

    Raises ImagesError if nothing is there, if it holds no such JPEG, or if two of them share a
    GalaxyID.
    """
    if path.is_dir():
        return _FolderSource(path)
    if path.is_file():
        return _ZipSource(path)
    raise ImagesError(f"{path}: no such zip or folder of images (params.yaml: data.images)")


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
    try:
        # Image.open would first ask of what format the file is, which takes a tenth of the time
        image = JpegImageFile(io.BytesIO(jpeg))
        _refuse_bomb(image)
        image.load()
    except ImagesError:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise ImagesError(f"does not decode as a JPEG: {error}") from error
    return image if image.mode == "RGB" else image.convert("RGB")


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


def crop_resize(image: Image.Image, crop: int, size: int) -> Image.Image:
    """Keep the central `crop` pixels of an image and resize them to `size` (Pillow's bicubic)."""
    return crop_center(image, crop).resize((size, size))
