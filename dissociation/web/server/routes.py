"""The app's own routes: sockets that stream curves, the plotting library, files, health, manual."""

from __future__ import annotations

import asyncio
import functools
import gzip
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from dissociation.engine.lab import lab
from dissociation.web.chart import SCRIPT
from dissociation.web.chart.plotting_library import PLOTLY_JS
from dissociation.web.export.route import export
from dissociation.web.server.health_routes import health_route, metrics_route
from dissociation.web.server.manual import MANUAL_ROUTES
from dissociation.web.server.packed_files import FOREVER, packed_file
from dissociation.web.server.reach import REACH_ROUTES
from dissociation.web.server.room_socket import send_room
from dissociation.web.server.sockets import serve
from dissociation.web.shell.snapshots import news, news_text

#: How often a socket looks whether there is news (seconds): at first, when a visitor waits for the
#: first points, and after that many seconds.
QUICK, POLL, QUICK_FOR = 0.03, 0.1, 1.0
#: From so many visitors on, each is looked after less often: all of them together as often.
CROWD = 16
#: Code with which a socket of an unknown name is closed.
UNKNOWN = 4404


async def _plotly_js(request: Request) -> Response:
    script = "text/javascript"
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = await packed_file(PLOTLY_JS, script)
        if packed is not None:
            return packed
    return FileResponse(PLOTLY_JS, media_type=script, headers=FOREVER)


@functools.cache
def _chart_script() -> bytes:
    return gzip.compress(SCRIPT.encode(), mtime=0)


async def _live_chart_js(request: Request) -> Response:
    headers, content = {**FOREVER}, SCRIPT.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], content = "gzip", _chart_script()
    return Response(content, media_type="text/javascript", headers=headers)


async def _stream(socket: WebSocket) -> None:
    await serve(socket, _send_news)


async def _room(socket: WebSocket) -> None:
    await serve(socket, send_room)


async def _send_news(socket: WebSocket, listening: asyncio.Task) -> None:
    watch = lab().find(socket.path_params["watch"])
    if watch is None:
        await socket.close(UNKNOWN)
        return
    version: int | None = None
    sent: dict[str, dict[str, Any]] = {}
    begin = time.monotonic()
    while not listening.done():
        watch.renew()
        if watch.version != version:
            state, parts = await asyncio.to_thread(news, watch)
            version = state["version"]
            # Pictures are large, and most news of them is how far their measures are.
            await socket.send_text(news_text(state, parts, sent))
            if watch.status().finished and state["state"] in ("done", "failed", "cancelled"):
                await socket.close()
                return
        pause = QUICK if time.monotonic() - begin < QUICK_FOR else POLL
        await asyncio.sleep(pause * max(1.0, lab().watching / CROWD))


ROUTES: list[BaseRoute] = [
    WebSocketRoute("/api/jobs/{watch}", _stream),
    WebSocketRoute("/api/rooms/{code}/{ticket}", _room),
    Route("/api/plotly.min.js", _plotly_js),
    Route("/api/live_chart.js", _live_chart_js),
    Route("/api/export/{kind}/{page}", export),
    Route("/api/health", health_route),
    Route("/api/metrics", metrics_route),
    *REACH_ROUTES,
    *MANUAL_ROUTES,
]
