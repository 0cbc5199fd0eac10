"""The app's own routes: sockets that stream curves, the plotting library, files to take home."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from dissociation.dashboard.room_socket import send_room
from dissociation.dashboard.serving import SERVING
from dissociation.dashboard.snapshots import snapshot
from dissociation.dashboard.take_home.page import PLOTLY_JS
from dissociation.dashboard.take_home.route import export
from dissociation.dashboard.warm_up import warm_up
from dissociation.engine.lab import lab

#: How often a socket looks whether there is news (seconds): at first, when a visitor waits for the
#: first points, and after that many seconds.
QUICK, POLL, QUICK_FOR = 0.03, 0.1, 1.0
UNKNOWN, FOREIGN = 4404, 4403


async def _plotly_js(request: Request) -> FileResponse:
    forever = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(PLOTLY_JS, media_type="text/javascript", headers=forever)


def _same_origin(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


Sender = Callable[[WebSocket, asyncio.Task], Awaitable[None]]


async def _serve(socket: WebSocket, send: Sender) -> None:
    await socket.accept()
    if not _same_origin(socket):
        await socket.close(FOREIGN)
        return
    listening = asyncio.create_task(_until_gone(socket))
    try:
        await send(socket, listening)
    except (WebSocketDisconnect, RuntimeError):
        # The visitor left in the middle of a message, or closed before we did.
        pass
    finally:
        listening.cancel()


async def _stream(socket: WebSocket) -> None:
    await _serve(socket, _send_news)


async def _room(socket: WebSocket) -> None:
    await _serve(socket, send_room)


async def _send_news(socket: WebSocket, listening: asyncio.Task) -> None:
    watch = lab().find(socket.path_params["watch"])
    if watch is None:
        await socket.close(UNKNOWN)
        return
    sent: Any = None
    drawn: Any = None
    begin = time.monotonic()
    while not listening.done():
        watch.renew()
        if watch.version != sent:
            news = await asyncio.to_thread(snapshot, watch)
            sent, traces = news["version"], news["traces"]
            if traces == drawn:
                # Pictures are large, and most news of them is how far their measures are.
                del news["traces"]
            drawn = traces
            await socket.send_text(json.dumps(news, allow_nan=False))
            if watch.status().finished and news["state"] in ("done", "failed", "cancelled"):
                await socket.close()
                return
        await asyncio.sleep(QUICK if time.monotonic() - begin < QUICK_FOR else POLL)


async def _until_gone(socket: WebSocket) -> None:
    # The browser never sends anything; reading is how a closed tab is noticed.
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


ROUTES: list[BaseRoute] = [
    WebSocketRoute("/api/jobs/{watch}", _stream),
    WebSocketRoute("/api/rooms/{code}", _room),
    Route("/api/plotly.min.js", _plotly_js),
    Route("/api/export/{kind}/{page}", export),
]


def _log_to_stderr() -> None:
    logger = logging.getLogger("dissociation")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Around the server's life: warms up shortly after the start, stops the compute thread."""
    SERVING.set()
    _log_to_stderr()
    later = asyncio.get_running_loop().call_later(2.0, warm_up)
    try:
        yield {}
    finally:
        later.cancel()
        SERVING.clear()
        await asyncio.to_thread(lab().stop)
