"""A path that a user gives, as the files that it means."""

import zipfile
from pathlib import Path

from galaxyzoo.images.folders import FolderFiles, OneFile
from galaxyzoo.images.lists import ListedFiles
from galaxyzoo.images.sources import IMAGE_NAME, Files, ImagesError
from galaxyzoo.images.zips import ZipFiles

_STARTS = (b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"RIFF", b"BM", b"GIF8")
_STARTS_OF_OTHERS = (b"SIMPLE  =",)


def open_files(path: Path) -> Files:
    """Open a folder, a zip, one image, or a text file that lists paths.

    Raises ImagesError if nothing is there, or if it is none of these.
    """
    if path.is_dir():
        return FolderFiles(path)
    if not path.is_file():
        raise ImagesError(f"{path}: no such folder, zip, image or list of images")
    if path.suffix.lower() == ".zip" or _is_zip(path):
        return ZipFiles(path)
    if IMAGE_NAME.fullmatch(path.name) or _start(path).startswith(_STARTS + _STARTS_OF_OTHERS):
        return OneFile(path)
    return ListedFiles(path)


def _is_zip(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise ImagesError(f"{path}: can't be read: {error.strerror}") from error
