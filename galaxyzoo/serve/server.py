"""The server of the page: Streamlit, on this computer alone, and sending nothing elsewhere."""

import errno
import os
import socket
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

from galaxyzoo.base.endings import say
from galaxyzoo.base.errors import UserError
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.serve.desk import Desk
from galaxyzoo.serve.looking import Looker

HERE = "127.0.0.1"

_SETTINGS = {
    "browser.gatherUsageStats": False,
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.level": "warning",
    "runner.magicEnabled": False,
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
}
"""Streamlit's. They go before those of files that a user has, `.streamlit/config.toml`"""


class ServeError(UserError):
    """The page can't be served as it was asked for."""


def check_installed() -> None:
    """Raise ServeError if what the page is made with isn't installed."""
    if find_spec("streamlit") is None:
        raise ServeError(
            "serve: the page needs Streamlit, which is missing here: pip install 'galaxyzoo[serve]'"
        )


def listen(port: int) -> socket.socket:
    """A socket that listens on this computer alone; ServeError if the port isn't to be had.

    0 is any port that is free.
    """
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there it would share the port with another program
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind((HERE, port))
        own.listen()
    except OSError as error:
        own.close()
        if error.errno not in _REASONS:
            raise
        raise ServeError(
            f"--port {port}: {_REASONS[error.errno]}; name another, or 0 for any that is free"
        ) from error
    return own


_REASONS = {
    errno.EADDRINUSE: "another program uses this port",
    errno.EACCES: "the system lets only its administrator use this port",
}


def serve(predictor: Predictor, own: socket.socket, open_browser: bool) -> None:
    """Serve the page of a model on a socket, until a signal ends it."""
    import uvicorn  # noqa: PLC0415  these are of the extra `serve`
    from starlette.middleware import Middleware  # noqa: PLC0415
    from streamlit.starlette import App  # noqa: PLC0415
    from streamlit.web.bootstrap import load_config_options  # noqa: PLC0415

    from galaxyzoo.serve.door import Door  # noqa: PLC0415

    load_config_options(_SETTINGS)
    Desk.put(Looker(predictor))
    port: int = own.getsockname()[1]
    app = App(
        Path(__file__).with_name("page.py"),
        lifespan=_telling(f"http://{HERE}:{port}", open_browser),
        middleware=[Middleware(Door, port=port)],
    )
    config = uvicorn.Config(app, log_config=None, log_level="warning", lifespan="on")
    uvicorn.Server(config).run(sockets=[own])


def _telling(address: str, open_browser: bool) -> Callable[[Any], Any]:
    """Say where the page is, once it is."""

    @asynccontextmanager
    async def telling(_: object) -> AsyncIterator[None]:
        say(f"{address} shows the page; Ctrl-C ends it")
        if open_browser:  # which may wait for the end of one that runs in a terminal
            Thread(target=webbrowser.open, args=[address], daemon=True).start()
        yield

    return telling
