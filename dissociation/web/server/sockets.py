"""The rules of the app's own sockets: how many there are, and what they may send.

What a socket tells is known by its unguessable name alone; who may open one at all is a matter of
[`SameOrigin`][dissociation.web.server.origin.SameOrigin].
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from prometheus_client import Gauge
from starlette.websockets import WebSocket, WebSocketDisconnect

from dissociation.engine.bookkeeping import REGISTRY
from dissociation.engine.settings import MAX_SOCKETS
from dissociation.web.server.origin import refuse

#: Browsers have nothing to say here; what they say nonetheless is bounded (bytes a message,
#: messages in so many seconds) and ignored.
MAX_MESSAGE = 1_024
MAX_MESSAGES, WITHIN = 20, 10.0
#: Codes of RFC 6455 for whoever says more.
TOO_BIG, TOO_MUCH = 1009, 1008

_OPEN = Gauge("dissociation_sockets", "Open sockets of charts and rooms.", registry=REGISTRY)
_open = 0

#: Sends news until there is no more, or the task that listens is done.
Sender = Callable[[WebSocket, asyncio.Task], Awaitable[None]]


async def serve(socket: WebSocket, send: Sender) -> None:
    """Accepts a socket if it may be, and sends over it until either side has enough."""
    global _open
    if _open >= MAX_SOCKETS.value:
        await refuse(socket, "crowded", 503, "Too many charts are open. Try again in a minute.")
        return
    _open += 1
    _OPEN.set(_open)
    try:
        await _converse(socket, send)
    except (WebSocketDisconnect, RuntimeError):
        # The visitor left in the middle of a message, or closed before we did.
        pass
    finally:
        _open -= 1
        _OPEN.set(_open)


async def _converse(socket: WebSocket, send: Sender) -> None:
    await socket.accept()
    listening = asyncio.create_task(_listen(socket))
    try:
        await send(socket, listening)
        code = listening.result() if listening.done() else None
        if code is not None:
            await socket.close(code)
    finally:
        listening.cancel()


async def _listen(socket: WebSocket) -> int | None:
    """Reads until the visitor is gone, or says too much. **Returns:** the code to close with."""
    heard, since = 0, time.monotonic()
    # Reading is how a closed tab is noticed.
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        said = message.get("text") or message.get("bytes") or ""
        if len(said) > MAX_MESSAGE:
            return TOO_BIG
        now = time.monotonic()
        heard, since = (1, now) if now - since > WITHIN else (heard + 1, since)
        if heard > MAX_MESSAGES:
            return TOO_MUCH
    return None
