"""Rooms in which a class predicts one curve together: anonymous, in memory only, and expiring.

A room knows no names. It keeps one prediction a browser, by a ticket that the server gave it, and
gives away how many there are and a band: from the mean of their lower half to the mean of their
upper half, at each place of the axis. So that no single prediction can be read from it, the band is
shown from five on, is coarse, and follows only when several more have come; their mean is told
once the curve is revealed. Until then only the host and those who have handed in get the band: who
has still to draw is not led by the others.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dissociation.core.predictions import PLACES
from dissociation.core.validation import InvalidValue
from dissociation.engine.settings import MAX_ROOMS

#: From this many predictions on, their band is shown; it follows when this many more have come.
ENOUGH, BATCH = 5, 2
#: A room ends when nobody predicted anything or steered it for this long (seconds).
EXPIRES = 3 * 3600.0
#: The band is given to this many errors.
GRAIN = 0.005
MAX_GUESSES = 1_000


class Band(NamedTuple):
    """What a class predicts: `(PLACES,)` errors each.

    - `low`, `high`: means of the lower and of the upper half, which share the middle one.
    - `mean`: of all, or `None` before the curve is revealed.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    mean: tuple[float, ...] | None


class RoomView(NamedTuple):
    """What anybody in a room may know.

    - `version`: grows with every change.
    - `path`: the page that the room is about.
    - `question`: identifies the curve to be predicted.
    - `handed_in`: how many predictions there are; `band`: of them, or `None` while too few, or for
        whoever has not handed in.
    - `round`: grows when the host starts anew; `revealed`: whether the measured curve is shown.
    """

    version: int
    path: str
    question: str
    handed_in: int
    band: Band | None
    round: int
    revealed: bool


@dataclass
class _Room:
    host: str
    path: str
    question: str
    touched: float
    guesses: dict[str, tuple[float, ...]] = field(default_factory=dict)
    round: int = 1
    revealed: bool = False
    version: int = 1
    band: Band | None = None
    banded: int = 0  # predictions in the band


def host_ticket(host: str) -> str:
    """By which a room's host, who hands in nothing, gets its band."""
    return hashlib.sha256(host.encode()).hexdigest()


class Rooms:
    """All rooms of this process.

    **Arguments:**

    - `clock`: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}

    def open(self, code: str, path: str, question: str) -> str:
        """Opens a room under a code that is not taken. **Returns:** the secret of its host.

        **Raises:** `InvalidValue` if the code is taken or there are too many rooms.
        """
        with self._lock:
            self._expire()
            if code in self._rooms:
                raise InvalidValue("room", code, "that room is open already; try again")
            if len(self._rooms) >= MAX_ROOMS.value:
                raise InvalidValue(
                    "room", code, f"{MAX_ROOMS.value:g} rooms are open; try again later"
                )
            host = secrets.token_hex(16)
            self._rooms[code] = _Room(host, path, question, self._clock())
            return host

    def _expire(self) -> None:
        now = self._clock()
        for code, room in list(self._rooms.items()):
            if now - room.touched > EXPIRES:
                del self._rooms[code]

    def _changed(self, room: _Room) -> None:
        room.version += 1
        room.touched = self._clock()

    def _room(self, code: str) -> _Room:
        self._expire()
        if code not in self._rooms:
            raise InvalidValue("room", code, "no such room is open; ask whoever opened it")
        return self._rooms[code]

    def _hosted(self, code: str, host: str) -> _Room:
        room = self._room(code)
        if not secrets.compare_digest(room.host.encode(), host.encode()):
            raise InvalidValue("host", "…", "only whoever opened the room may steer it")
        return room

    def is_host(self, code: str, host: str) -> bool:
        """Whether this is the secret of an open room's host."""
        with self._lock:
            try:
                self._hosted(code, host)
            except InvalidValue:
                return False
            return True

    def __len__(self) -> int:
        """How many are open."""
        with self._lock:
            self._expire()
            return len(self._rooms)

    def view(self, code: str, ticket: str = "") -> RoomView | None:
        """What the holder of a ticket may know of a room; `None` if there is none of that code."""
        with self._lock:
            self._expire()
            room = self._rooms.get(code)
            if room is None:
                return None
            count = len(room.guesses)
            hosts = secrets.compare_digest(host_ticket(room.host).encode(), ticket.encode())
            band = room.band if room.revealed or hosts or ticket in room.guesses else None
            return RoomView(
                room.version, room.path, room.question, count, band, room.round, room.revealed
            )

    def predict(self, code: str, question: str, ticket: str, guess: tuple[float, ...]) -> None:
        """Adds a browser's prediction to its room, in place of its earlier one.

        **Arguments:**

        - `question`: of the page on which it was drawn.
        - `ticket`: which the server gave the browser; the same ticket is the same browser.
        - `guess`: `(PLACES,)` errors in [0, 1].

        **Raises:** `InvalidValue` if the room is closed, is about another curve, or is full.
        """
        assert len(guess) == PLACES
        with self._lock:
            room = self._room(code)
            if room.question != question:
                raise InvalidValue("room", code, "it is about another curve than this page")
            if room.revealed:
                raise InvalidValue("guess", "…", "the curve is revealed already")
            if ticket not in room.guesses and len(room.guesses) >= MAX_GUESSES:
                raise InvalidValue("room", code, f"it is full with {MAX_GUESSES:,} predictions")
            room.guesses[ticket] = guess
            if len(room.guesses) >= max(ENOUGH, room.banded + BATCH):
                _draw_band(room)
            self._changed(room)

    def reveal(self, code: str, host: str) -> None:
        """Shows the measured curve to the whole room. **Raises:** `InvalidValue`."""
        with self._lock:
            room = self._hosted(code, host)
            room.revealed = True
            if len(room.guesses) >= ENOUGH:
                _draw_band(room)
            self._changed(room)

    def start_round(self, code: str, host: str, path: str, question: str) -> None:
        """Covers the curve again and forgets all predictions. **Raises:** `InvalidValue`.

        **Arguments:**

        - `path`, `question`: what the room is about from now on.
        """
        with self._lock:
            room = self._hosted(code, host)
            room.guesses.clear()
            room.band, room.banded = None, 0
            room.revealed = False
            room.round += 1
            room.path, room.question = path, question
            self._changed(room)

    def close(self, code: str, host: str) -> None:
        """Ends a room. **Raises:** `InvalidValue`."""
        with self._lock:
            self._hosted(code, host)
            del self._rooms[code]


def _draw_band(room: _Room) -> None:
    room.banded = len(room.guesses)
    values = np.sort(np.array(list(room.guesses.values())), axis=0)
    half = (len(values) + 1) // 2
    low, high = _coarse(values[:half].mean(0)), _coarse(values[-half:].mean(0))
    room.band = Band(low, high, _coarse(values.mean(0)) if room.revealed else None)


def _coarse(values: np.ndarray) -> tuple[float, ...]:
    return tuple(map(float, np.round(values / GRAIN) * GRAIN))
