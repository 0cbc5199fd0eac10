"""A page that cannot open its socket says so, and what whoever runs the lab can do about it.

Streamlit's page stays grey for ever behind a proxy that passes on another `Host`, or no upgrade to
WebSockets. So a script comes with it that needs no socket.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

SCRIPT = Path(__file__).with_suffix(".js")
#: Relative, as Streamlit's own: the lab may live below a base path.
_TAG = b'<script src="./api/reach.js" type="module"></script>\n'
_FRESH = {"Cache-Control": "no-cache"}


async def _script(request: Request) -> Response:
    return FileResponse(SCRIPT, media_type="text/javascript", headers=_FRESH)


async def _seen(request: Request) -> Response:
    """By which name the lab was asked for."""
    return JSONResponse({"host": request.headers.get("host", "")}, headers=_FRESH)


async def _hello(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


REACH_ROUTES: list[BaseRoute] = [
    Route("/api/reach.js", _script),
    Route("/api/reach", _seen),
    WebSocketRoute("/api/reach", _hello),
]


class CheckedReach:
    """Adds the script to Streamlit's page."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self._packed = GZipMiddleware(self._with_script)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        page = scope["type"] == "http" and scope["method"] == "GET"
        page = page and "text/html" in Headers(scope=scope).get("accept", "")
        # Pages of the manual have no socket, and are no page of Streamlit's.
        page = page and not scope["path"].startswith("/docs/")
        await (self._packed if page else self.app)(scope, receive, send)

    async def _with_script(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing can be added to what is packed already.
        plain = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"]}
        adding = False

        async def send_with_script(message: Message) -> None:
            nonlocal adding
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                html = headers.get("content-type", "").startswith("text/html")
                adding = html and message["status"] == 200
                if adding and "content-length" in headers:
                    headers["content-length"] = str(int(headers["content-length"]) + len(_TAG))
            elif adding and not message.get("more_body", False):
                message = {**message, "body": message.get("body", b"") + _TAG}
            await send(message)

        await self.app(plain, receive, send_with_script)
