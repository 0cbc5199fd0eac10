"""The socket that tells everybody in a class's room how far it is."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.websockets import WebSocket

from dissociation.engine.lab import lab
from dissociation.engine.rooms import ENOUGH, RoomView

#: How often a socket looks whether there is news (seconds).
POLL = 0.3
GONE = 4404


def room_news(room: RoomView) -> dict[str, Any]:
    """A room as the JSON that its browsers get: nothing of any single prediction."""
    return {
        "version": room.version,
        "count": room.handed_in,
        "enough": ENOUGH,
        "band": None if room.band is None else room.band._asdict(),
        "round": room.round,
        "revealed": room.revealed,
    }


async def send_room(socket: WebSocket, listening: asyncio.Task) -> None:
    """Sends every change of the room in the socket's path, until it closes or the visitor goes.

    The path ends with the visitor's ticket, which decides about the band.
    """
    sent = None
    while not listening.done():
        room = lab().rooms.view(socket.path_params["code"], socket.path_params["ticket"])
        if room is None:
            await socket.close(GONE)
            return
        if room.version != sent:
            sent = room.version
            await socket.send_text(json.dumps(room_news(room), allow_nan=False))
        await asyncio.sleep(POLL)
