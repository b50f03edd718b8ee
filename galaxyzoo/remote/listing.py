"""Which objects lie below a prefix: of S3 page by page, so that millions take little memory."""

from collections.abc import Iterator, Mapping
from typing import Any

from galaxyzoo.remote.connection import Connection, connect
from galaxyzoo.remote.requests import Version, asked, version_of
from galaxyzoo.remote.urls import OF_AMAZON, scheme_of

PAGE = 1000
"""Objects, of which S3 tells no more at a time"""


def list_below(url: str) -> Iterator[tuple[str, Version]]:
    """The path and version of each object below a prefix."""
    connection = connect(url)
    if scheme_of(url) in OF_AMAZON:
        for page in _pages(url, connection):
            yield from _on(page)
        return
    found: dict[str, Mapping[str, Any]] = asked(
        url, connection, lambda: connection.ask("find", connection.path_of(url), detail=True)
    )
    for path, info in found.items():
        if info.get("type") == "file":
            yield path, version_of(info)


def _pages(url: str, connection: Connection) -> Iterator[Mapping[str, Any]]:
    """S3's own answers."""
    bucket, key, _ = connection.system.split_path(connection.path_of(url))
    given = {"Bucket": bucket, "Prefix": f"{key.rstrip('/')}/" if key else "", "MaxKeys": PAGE}
    while True:
        page = asked(url, connection, lambda: connection.ask_s3("list_objects_v2", given))
        yield page
        if not page.get("IsTruncated"):
            return
        given["ContinuationToken"] = page["NextContinuationToken"]


def _on(page: Mapping[str, Any]) -> Iterator[tuple[str, Version]]:
    for told in page.get("Contents", []):
        if not told["Key"].endswith("/"):  # a folder, as browsers of S3 make it
            yield f"{page['Name']}/{told['Key']}", version_of(told | {"size": told["Size"]})
