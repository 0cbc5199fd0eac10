"""Who may open a socket of this server: its own pages, and programs that are no browsers.

A browser says in `Origin` where the page comes from that opens a socket, and that must be this
server, by the name that it was asked by, or one of `DISSOCIATION_ORIGINS`. Programs send no
`Origin`, or any they like: the rule is about pages from elsewhere that use a visitor's browser. It
holds for all sockets, Streamlit's own included, before they are accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from prometheus_client import Counter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from dissociation.engine.bookkeeping import REGISTRY

REFUSED = Counter(
    "dissociation_sockets_refused", "Sockets not accepted.", ["reason"], registry=REGISTRY
)


def same_origin(headers: Headers) -> bool:
    """Whether the page that opens a socket, if any does, comes from this server."""
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False


async def refuse(socket: WebSocket, reason: str, status: int, words: str) -> None:
    """Does not accept a socket, and says why."""
    REFUSED.labels(reason).inc()
    await socket.send_denial_response(PlainTextResponse(words, status))


class SameOrigin:
    """Refuses sockets to pages from elsewhere.

    **Arguments:**

    - `allowed`: origins of the lab's pages where a proxy asks for them by another name.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str] = ()):
        self.app, self.allowed = app, {origin.lower() for origin in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            if (origin := headers.get("origin", "").lower()) in self.allowed:
                # Streamlit compares the two once more.
                scope = {**scope, "headers": list(scope["headers"])}
                MutableHeaders(scope=scope)["host"] = urlsplit(origin).netloc
            elif not same_origin(headers):
                socket = WebSocket(scope, receive, send)
                await refuse(socket, "origin", 403, "Open this from a page of the lab.")
                return
        await self.app(scope, receive, send)
