"""Who may open a socket of this server: its own pages, and programs that are no browsers.

A browser says in `Origin` where the page comes from that opens a socket, and that must be this
server. Programs send no `Origin`, or any they like: the rule is about pages from elsewhere that use
a visitor's browser. It holds for all sockets, Streamlit's own included, before they are accepted.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from prometheus_client import Counter
from starlette.datastructures import Headers
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
    """Refuses sockets to pages from elsewhere."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            socket = WebSocket(scope, receive, send)
            await refuse(socket, "origin", 403, "Open this from a page of the lab.")
            return
        await self.app(scope, receive, send)
