"""A URL that a user gives, as the files that it means."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from galaxyzoo.images.opening import open_files
from galaxyzoo.images.sources import IMAGE_NAME, Files, ImagesError
from galaxyzoo.remote.connection import connect
from galaxyzoo.remote.files import ObjectFiles
from galaxyzoo.remote.listing import list_below
from galaxyzoo.remote.requests import describe, version_of
from galaxyzoo.remote.urls import is_of_the_web, is_url, name_of, names_nothing, shown
from galaxyzoo.remote.zips import ObjectZip


def open_anywhere(images: Path | str) -> Files:
    """Open what `open_files` does, or at a URL a zip, one image, or all objects below a prefix.

    Raises ImagesError, or RemoteError, if nothing is there that can be read, or if it is none of
    these.
    """
    return _open(str(images)) if is_url(images) else open_files(Path(images))


def _open(url: str) -> Files:
    if names_nothing(url):
        raise ImagesError(f"{shown(url)}: names nothing, as s3://bucket/images.zip would")
    if is_of_the_web(url) and not name_of(url):
        raise ImagesError(f"{shown(url)}: the web has no lists of files; name a zip or an image")
    info = describe(url)
    path = connect(url).path_of(url)
    if info.get("type") == "directory":
        return ObjectFiles(url, f"{path.rstrip('/')}/", list_below(url))
    name = name_of(url)
    if name.lower().endswith(".zip"):
        return ObjectZip(url, path, version_of(_sized(url, info)))
    if IMAGE_NAME.fullmatch(name):
        found = [(path, version_of(_sized(url, info)))]
        return ObjectFiles(url, path.removesuffix(name), found, listed=True)
    raise ImagesError(
        f"{shown(url)}: is no zip and no image by its name, nor does anything lie below it"
    )


def _sized(url: str, info: Mapping[str, Any]) -> Mapping[str, Any]:
    if info.get("size") is None:
        raise ImagesError(f"{shown(url)}: its server doesn't tell how large it is; download it")
    return info
