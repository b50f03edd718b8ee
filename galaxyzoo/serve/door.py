"""Who may come in: pages of this server alone, and what these may load: what it serves itself.

Another site that a visitor has open could else send requests here, under a name of its own that it
points at this computer (DNS rebinding). Streamlit answers a foreign origin, too, only after it has
asked the internet what this computer's address there is.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from galaxyzoo.serve.server import HERE

_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"
)


class Door:
    """Refuses what isn't asked by this server's own pages, and has a browser load nothing else."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (HERE, "localhost")}
        if port == 80:  # which browsers leave out
            self._hosts |= {HERE, "localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif self._is_own(Headers(scope=scope)):
            await self._app(scope, receive, _with_policy(send))
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            refused = PlainTextResponse("only pages of this server may ask it", 403)
            await refused(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        own = origin is None or origin.removeprefix("http://") in self._hosts
        return own and headers.get("host") in self._hosts


def _with_policy(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Content-Security-Policy"] = _POLICY
        await send(message)

    return sent
