"""fsspec's file systems, each with a thread of its own that is gone before this process forks."""

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from galaxyzoo.base.messages import shorten
from galaxyzoo.remote.troubles import RemoteError, lasting, told_of, troubles
from galaxyzoo.remote.urls import OF_AMAZON, OF_THE_WEB, scheme_of, server_of, shown

Out = TypeVar("Out")

_CONNECT, _READ = 10, 30  # seconds without an answer, or without a byte of it
_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
"""Of schemes that the extra doesn't install"""


class Connection:
    """The file system that a URL leads to."""

    def __init__(self, url: str) -> None:
        """Nothing is asked yet. Raises RemoteError where a package is missing."""
        self.system: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self.system = _open(url)
        except BaseException:
            self.close()
            raise

    def path_of(self, url: str) -> str:
        """What the file system calls an object of this server."""
        return str(self.system._strip_protocol(url))

    def run(self, action: Coroutine[Any, Any, Out]) -> Out:
        """What `action` gives, in the thread of the connection."""
        return asyncio.run_coroutine_threadsafe(action, self._loop).result()

    async def ask(self, method: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        """Call a method of the file system, whether it is a coroutine or not."""
        if self.system.async_impl:
            return await getattr(self.system, f"_{method}")(*given, **named)
        return await asyncio.to_thread(getattr(self.system, method), *given, **named)

    async def ask_s3(self, method: str, given: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Call a method of S3 itself, whose answers tell more than fsspec passes on."""
        return await self.system._call_s3(method, **given, **self.system.req_kw)

    def close(self) -> None:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(_CONNECT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CONNECT)
        if not self._loop.is_running():
            self._loop.close()

    async def _hang_up(self) -> None:
        """Close the sockets: fsspec leaves them to the collector of garbage, which is too late."""
        client, session = (getattr(self.system, name, None) for name in ("_s3creator", "_session"))
        if client is not None:
            await client.__aexit__(None, None, None)
        elif session is not None:
            await session.close()
        await self._loop.shutdown_default_executor()


_kept: dict[str, Connection] = {}
"""Those of this process"""
_one_at_a_time = threading.Lock()


def connect(url: str) -> Connection:
    """The connection to the server of a URL: kept open until this process forks."""
    with _one_at_a_time:
        server = server_of(url)
        if server not in _kept:
            _kept[server] = Connection(url)
        return _kept[server]


def disconnect() -> None:
    """Close all connections."""
    while _kept:
        _kept.popitem()[1].close()


# A fork in the middle of a thread's work would leave its locks locked for ever in the other process
os.register_at_fork(before=disconnect)
atexit.register(disconnect)


def _open(url: str) -> Any:  # noqa: ANN401  fsspec knows no types
    try:
        from fsspec.asyn import AsyncFileSystem  # noqa: PLC0415  an extra
        from fsspec.core import url_to_fs  # noqa: PLC0415
        from fsspec.registry import get_filesystem_class  # noqa: PLC0415

        scheme = scheme_of(url)
        asynchronous = issubclass(get_filesystem_class(scheme), AsyncFileSystem)
        options: dict[str, Any] = {"asynchronous": True} if asynchronous else {}
        options |= _patience(scheme) | {"skip_instance_cache": True}
        system, _ = url_to_fs(url, **options)
        if scheme in OF_AMAZON:
            system.retries = 1
            _quieten("botocore", "aiobotocore")
    except ImportError as error:
        raise RemoteError(_missing(url)) from error
    except ValueError as error:
        raise RemoteError(
            f"{shown(url)}: is no address that can be opened: {shown(shorten(error))}"
        ) from error
    except troubles() as error:  # some connect at once
        raise RemoteError(f"{shown(url)}: {lasting(error) or told_of(error)}") from error
    return system


def _quieten(*packages: str) -> None:
    """Have packages tell no more than warnings, unless somebody has said what they are to tell."""
    for package in packages:
        logger = logging.getLogger(package)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


def _missing(url: str) -> str:
    package = _PACKAGES.get(scheme_of(url))
    wanted = f"pip install {package}" if package else "pip install 'galaxyzoo[remote]'"
    return f"{shown(url)}: needs {package or 'fsspec and s3fs'}, missing here: {wanted}"


def _patience(scheme: str) -> dict[str, Any]:
    """How long to wait for an answer; to ask again is for requests.py."""
    if scheme in OF_AMAZON:
        retries = {"mode": "standard", "total_max_attempts": 1}
        waits = {"connect_timeout": _CONNECT, "read_timeout": _READ}
        return {"config_kwargs": waits | {"retries": retries}, "use_listings_cache": False}
    if scheme in OF_THE_WEB:
        from aiohttp import ClientTimeout  # noqa: PLC0415

        timeout = ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_READ)
        return {"client_kwargs": {"timeout": timeout}}
    return {}
