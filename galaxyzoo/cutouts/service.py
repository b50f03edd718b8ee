"""SDSS's service of cut-out pictures, asked politely: one at a time, slowly, and again in vain.

urllib3 has the patience: it asks again after what may pass, waits longer each time, and as long as
the service wishes (Retry-After).
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten
from galaxyzoo.cutouts.defaults import ADDRESS, RATE
from galaxyzoo.cutouts.picture import OUTSIDE, check_picture
from galaxyzoo.cutouts.positions import Cutout
from galaxyzoo.framing import SIDE
from galaxyzoo.images.sources import ImagesError

logger = logging.getLogger(__name__)

_MAY_PASS = (408, 429, 500, 502, 503, 504)
"""Answers after which it is worth asking again"""
_TIMES = 5
_FIRST_WAIT = 1.0  # seconds; then twice as long each time, and up to a second longer
_UNREACHED = (ConnectTimeoutError, NewConnectionError, ProxyError, SSLError)
_TIMEOUT = urllib3.Timeout(connect=10, read=60)
_MOST_REDIRECTS = 3


class NoPictureError(UserError):
    """There is no picture of this galaxy, or not now."""

    def __init__(self, why: str, outside: bool = False) -> None:
        super().__init__(why)
        self.outside = outside
        """SDSS answered as it should: it has no picture of that place"""


class NoServiceError(UserError):
    """The service can't be reached at all."""


class Pace:
    """Pauses between requests: each begins some time after the one before it was answered."""

    def __init__(self, rate: float) -> None:
        """`rate` is the requests a second, were all answered at once."""
        self._pause = 1 / rate
        self._next = time.monotonic()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Wait until the pause is over, and begin the next one when the block ends."""
        time.sleep(max(self._next - time.monotonic(), 0))
        try:
            yield
        finally:
            self._next = time.monotonic() + self._pause


class _Patience(urllib3.Retry):
    """That of urllib3; but it says why it waits, and waits before it asks a second time, too."""

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        last = self.history[-1]
        why = last.error if last.status is None else f"it answered {last.status}"
        wait = self.get_retry_after(response) if response else None
        wish = f", as it wishes after {wait:.0f} s" if wait else ""
        logger.info("SDSS sent no picture (%s); asking again%s", _told(why), wish)
        super().sleep(response)

    def get_backoff_time(self) -> float:
        return super().get_backoff_time() or self.backoff_factor


class Service:
    """A service that answers as SDSS's ImgCutout/getjpeg."""

    def __init__(self, address: str = ADDRESS, rate: float = RATE) -> None:
        """`rate` is the requests a second at most. Raises UserError if `address` is no address."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UserError(f"{shorten(address)}: must be an address such as {ADDRESS}")
        self.address = address
        self._pace = Pace(rate)
        self._pool = _pool(parts.scheme, parts.hostname)
        self._patience = _Patience(
            _TIMES,
            redirect=_MOST_REDIRECTS,
            status_forcelist=_MAY_PASS,
            backoff_factor=max(_FIRST_WAIT, 1 / rate),
            backoff_jitter=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def picture(self, cutout: Cutout) -> bytes:
        """The JPEG of a cutout, 424x424, as it was sent.

        Raises NoPictureError with the reason if there is none, and NoServiceError if nobody answers
        at that address.
        """
        fields = {"ra": cutout.ra, "dec": cutout.dec, "scale": cutout.scale}
        with self._pace.kept():
            response = self._ask(fields | {"width": str(SIDE), "height": str(SIDE), "opt": ""})
        if response.status != 200:
            said = f" {shorten(response.reason)}" if response.reason else ""
            raise NoPictureError(
                f"SDSS answered {response.status}{said}", outside=OUTSIDE in (response.reason or "")
            )
        try:
            check_picture(response.data)
        except ImagesError as error:
            raise NoPictureError(f"what SDSS sent {error}", OUTSIDE in str(error)) from error
        return response.data

    def _ask(self, fields: Mapping[str, str]) -> BaseHTTPResponse:
        try:
            return self._pool.request(
                "GET", self.address, fields=fields, retries=self._patience, timeout=_TIMEOUT
            )
        except MaxRetryError as error:
            if isinstance(error.reason, _UNREACHED):
                raise NoServiceError(f"{self.address}: {_told(error.reason)}") from error
            raise NoPictureError(
                f"asked {_TIMES + 1} times in vain: {_told(error.reason)}"
            ) from error
        except (HTTPError, LocationParseError) as error:
            raise NoPictureError(_told(error)) from error


def _pool(scheme: str, host: str) -> urllib3.PoolManager:
    """Connections, through the proxy that the environment names, as https_proxy does."""
    headers = {"User-Agent": f"galaxyzoo/{version('galaxyzoo')} (galaxyzoo cutouts)"}
    proxy = getproxies().get(scheme)
    if proxy and not proxy_bypass(host):
        return urllib3.ProxyManager(proxy, headers=headers)
    return urllib3.PoolManager(headers=headers)


def _told(error: object) -> str:
    """Why a request went wrong, in a few words."""
    if isinstance(error, NameResolutionError):
        return "this host isn't found; is there a connection to the internet?"
    if isinstance(error, ReadTimeoutError):
        return f"no answer within {_TIMEOUT.read_timeout} s"
    return shorten(error)
