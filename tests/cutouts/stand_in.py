"""A stand-in of SDSS's ImgCutout/getjpeg on this machine, which fails as it is told to.

It answers as the service is described: a JPEG of the width and height that were asked for; 400 for
values out of range; for places without pictures 404 with the reason, or some words on black.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

from tests.conftest import make_jpeg

PATH = "/dr18/SkyServerWS/ImgCutout/getjpeg"
OUTSIDE = "NOT FOUND. Requested (ra, dec) is outside the SDSS footprint."
RANGES = {"ra": (0, 360), "dec": (-90, 90), "scale": (0.015, 60), "width": (64, 2048)}
RANGES["height"] = RANGES["width"]


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    moment: float


class Handler(BaseHTTPRequestHandler):
    """One request; what it does is an Act if its position has one left, else a picture."""

    server: "StandIn"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: own[0] for name, own in parse_qs(parts.query, True).items()}
        self.server.requests.append(
            Request(parts.path, query, dict(self.headers), self.server.clock())
        )
        acts = self.server.acts.get(query.get("ra", ""), [])
        if acts:
            acts.pop(0)(self)
        elif not parts.path.endswith(PATH):
            self.send_error(404)
        elif not all(least <= float(query[own]) <= most for own, (least, most) in RANGES.items()):
            self.send_error(400)
        else:
            picture(int(query["width"]), int(query["height"]))(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Act = Callable[[Handler], None]


class StandIn(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clock = clock
        self.requests: list[Request] = []
        self.acts: dict[str, list[Act]] = {}
        """What is done at the next requests for a right ascension"""
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{PATH}"

    def asked(self) -> list[str]:
        """The right ascensions, in the order in which they were asked for."""
        return [request.query["ra"] for request in self.requests]

    def handle_error(self, *_: object) -> None:
        """A client may leave."""


@contextmanager
def serving(clock: Callable[[], float] = time.monotonic) -> Iterator[StandIn]:
    server = StandIn(clock)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def content(body: bytes, kind: str = "image/jpeg", length: int | None = None) -> Act:
    """Answer 200; with a `length` that is larger than the body, the body is cut short."""

    def act(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(length or len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return act


@cache
def picture(width: int = 424, height: int = 424) -> Act:
    return content(make_jpeg(7, width, height))


def refusal(status: int, reason: str | None = None, **headers: str) -> Act:
    def act(handler: Handler) -> None:
        handler.send_response(status, reason)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return act


def black() -> Act:
    """A black picture with some words."""
    pixels = np.zeros((424, 424, 3), np.uint8)
    pixels[200:220, 50:350] = make_words()
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return content(file.getvalue())


def make_words() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, (20, 300, 1), np.uint8) * np.uint8(255)


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def say_nothing(handler: Handler) -> None:
    """Keep the client waiting until the end."""
    handler.server.over.wait(30)
    handler.close_connection = True
