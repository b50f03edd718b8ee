"""Images on the web, URLs that hold secrets, and what else fsspec opens."""

import base64
import re
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.classify.destination import destination
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.remote import connection, requests
from galaxyzoo.remote.connection import disconnect
from galaxyzoo.remote.opening import open_anywhere
from galaxyzoo.remote.troubles import RemoteError
from galaxyzoo.remote.urls import is_url, shown
from tests.conftest import make_zip

MEMBERS = {f"{number}.jpg": bytes([number]) * 5_000 for number in range(40)}


class Web(ThreadingHTTPServer):
    """A server of one zip, which wants a password."""

    ranges = True
    etag = '"1"'
    status = 200
    content = b""

    def handle_error(self, *_: Any) -> None:
        """A connection may be closed before it is used again."""

    @property
    def url(self) -> str:
        return f"http://me:secret@127.0.0.1:{self.server_port}/images.zip?signature=secret"

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/images.zip?..."


class Answer(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(200, self.server.content)

    def do_GET(self) -> None:
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if self.server.ranges and span:
            start, end = int(span[1]), int(span[2])
            self._answer(206, self.server.content[start : end + 1], f"bytes {start}-{end}")
        else:
            self._answer(200, self.server.content)

    def _answer(self, status: int, content: bytes, span: str = "") -> None:
        right = "Basic " + base64.b64encode(b"me:secret").decode()
        allowed = self.headers.get("Authorization") == right and "signature=secret" in self.path
        failed = self.server.status if self.server.status != 200 else 401
        if not allowed or self.server.status != 200:
            status, content = failed, b""
        self.send_response(status)
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(content)))
        if span:
            self.send_header("Content-Range", f"{span}/{len(self.server.content)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    pytest.importorskip("aiohttp", reason="the extra `remote` isn't installed")
    monkeypatch.setattr(requests, "FIRST_WAIT", 0.01)
    with Web(("127.0.0.1", 0), Answer) as server:
        server.content = make_zip(tmp_path / "images.zip", MEMBERS).read_bytes()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        disconnect()
        server.shutdown()


def test_a_zip_on_the_web_is_read_with_the_password_that_nobody_sees(web: Web) -> None:
    files = open_anywhere(web.url)
    assert {name: files.read(name) for name in ("0.jpg", "39.jpg")} == {
        name: MEMBERS[name] for name in ("0.jpg", "39.jpg")
    }
    assert files.path == web.public
    web.etag = '"2"'
    with pytest.raises(RemoteError, match=f"^{re.escape(web.public)}: was changed while"):
        files.read("0.jpg")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": 403}, "no access"),
        ({"status": 404}, "no such object"),
        ({"status": 503}, "asked 6 times in vain: 503"),
        ({"ranges": False}, "its server sends files only whole"),
        ({"content": b"x" * 70_000}, "expected a zip of images, but it is none"),
    ],
)
def test_what_the_web_does_not_give_is_said_without_secrets(
    web: Web, change: dict[str, Any], told: str
) -> None:
    for name, value in change.items():
        setattr(web, name, value)
    with pytest.raises(UserError) as refused:
        open_anywhere(web.url)
    assert str(refused.value).startswith(f"{web.public}: {told}")
    assert "secret" not in str(refused.value)


def test_the_web_has_no_folders() -> None:
    with pytest.raises(ImagesError, match="the web has no lists of files"):
        open_anywhere("https://example.org/images/")
    with pytest.raises(UserError, match=r"^https://example.org/c.csv: can't be written to"):
        destination("https://me:secret@example.org/c.csv", Path())


@pytest.mark.parametrize("url", ["s3://", "s3:///images.zip", "https:///images.zip", "ftp://"])
def test_a_url_without_its_place_is_refused(url: str) -> None:
    with pytest.raises(ImagesError, match=rf"^{url}: names nothing, as s3://bucket/images"):
        open_anywhere(url)


def test_a_connection_that_is_refused_is_told_with_the_url() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(RemoteError, match=r"^ftp://127\.0\.0\.1:9/x\.zip: .*refused"):
        open_anywhere("ftp://me:secret@127.0.0.1:9/x.zip")


def test_silence_is_waited_for_a_while_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By a server that takes connections and never answers."""
    pytest.importorskip("aiohttp", reason="the extra `remote` isn't installed")
    disconnect()
    monkeypatch.setattr(requests, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(requests, "AT_MOST", 0.1)
    monkeypatch.setattr(connection, "_READ", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/images.zip"
        with pytest.raises(RemoteError, match=rf"^{url}: asked 2 times in vain: .*imeout"):
            open_anywhere(url)
    assert [one.endswith("; asking again") for one in caplog.messages] == [True]


def test_whatever_fsspec_opens_is_opened(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    images = make_zip(tmp_path / "images.zip", MEMBERS)
    assert open_anywhere(images.as_uri()).read("7.jpg") == MEMBERS["7.jpg"]
    folder = open_anywhere(tmp_path.as_uri())
    assert folder.names == ("images.zip",)
    images.write_bytes(b"other")
    with pytest.raises(RemoteError, match=r"images\.zip was changed while it was read"):
        folder.read("images.zip")


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ("s3", "needs fsspec and s3fs, missing here: pip install 'galaxyzoo[remote]'"),
        ("gs", "needs gcsfs, missing here: pip install gcsfs"),
        ("s4", "is no address that can be opened: Protocol not known: s4"),
    ],
)
def test_a_missing_package_is_named(
    scheme: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec")
    disconnect()
    monkeypatch.setitem(sys.modules, "fsspec.core" if scheme == "s3" else "gcsfs", None)
    with pytest.raises(RemoteError) as refused:
        open_anywhere(f"{scheme}://bucket/images.zip")
    assert str(refused.value) == f"{scheme}://bucket/images.zip: {told}"


def test_urls_are_told_from_paths_and_shown_without_secrets() -> None:
    assert is_url("s3://bucket/key")
    assert not any(
        is_url(path) for path in ("a/b.zip", "C:\\a.zip", "s3:/b", "/a//b", Path("s3://b"))
    )
    assert shown("ftp://me:pa%40ss@host/x y.zip") == "ftp://host/x y.zip"
    assert shown("at https://h/z.zip?X-Amz-Signature=1&b=2, url='http://u@h/'") == (
        "at https://h/z.zip?... url='http://h/'"
    )
    with pytest.raises(UserError, match=r"^s3://bucket/: names no file"):
        destination("s3://bucket/", Path())
    one, other = (destination(f"s3://{bucket}/c.csv", Path("w")) for bucket in "ab")
    assert one.local.parent == Path("w")
    assert one.local.suffix == ".csv"
    assert one.local != other.local
