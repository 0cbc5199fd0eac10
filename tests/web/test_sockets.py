"""How many sockets there are, what they may send, and who is let in: uvicorn in a thread."""

from __future__ import annotations

import contextlib
import time

import pytest
from hostile.catalogue import MESSAGES, ORIGINS
from starlette.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dissociation.core.networks.training import Recipe
from dissociation.engine.bookkeeping import REGISTRY
from dissociation.web.server import sockets
from dissociation.web.server.origin import same_origin

PATIENCE = 10
RECIPE = Recipe(epochs=1, batch=2048, width=16)


@pytest.fixture
def name(lab) -> str:
    return lab.watch_training(RECIPE, 1).id


def listen(address: str, name: str) -> connect:
    return connect(f"ws://{address}/api/jobs/{name}", open_timeout=PATIENCE)


def code_of(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(timeout=PATIENCE)
    return closed.value.rcvd and closed.value.rcvd.code


def open_sockets() -> float:
    return REGISTRY.get_sample_value("dissociation_sockets") or 0.0


def all_closed() -> bool:
    deadline = time.monotonic() + PATIENCE
    while open_sockets() and time.monotonic() < deadline:
        time.sleep(0.02)
    return open_sockets() == 0


@pytest.mark.parametrize("number", range(len(MESSAGES)))
def test_who_says_too_much_is_told_so(address, name, number):
    message, code = MESSAGES[number]
    with listen(address, name) as socket:
        socket.recv(timeout=PATIENCE)
        with contextlib.suppress(ConnectionClosed):
            for part in message if isinstance(message, list) else [message]:
                socket.send(part)
        assert code_of(socket) == code
    assert all_closed()


def test_a_few_words_are_ignored(address, lab, name):
    with listen(address, name) as socket:
        for _ in range(sockets.MAX_MESSAGES):
            socket.send("x" * sockets.MAX_MESSAGE)
        socket.recv(timeout=PATIENCE)
        lab.find(name).cancel()
        lab.jobs.drain()
        assert code_of(socket) == 1000


def test_there_are_only_so_many(address, name, monkeypatch):
    assert all_closed()
    monkeypatch.setenv("DISSOCIATION_MAX_SOCKETS", "2")
    refused_before = REGISTRY.get_sample_value(
        "dissociation_sockets_refused_total", {"reason": "crowded"}
    )
    with listen(address, name) as first, listen(address, name) as second:
        first.recv(timeout=PATIENCE), second.recv(timeout=PATIENCE)
        assert open_sockets() == 2
        with pytest.raises(InvalidStatus) as refused:
            listen(address, name).__enter__()
        assert refused.value.response.status_code == 503
        assert refused.value.response.body == b"Too many charts are open. Try again in a minute."
    assert all_closed()
    with listen(address, name) as later:
        later.recv(timeout=PATIENCE)
    refused_now = REGISTRY.get_sample_value(
        "dissociation_sockets_refused_total", {"reason": "crowded"}
    )
    assert refused_now == (refused_before or 0) + 1


@pytest.mark.parametrize("origin", [None, "http://lab:8501", *ORIGINS])
def test_same_origin(origin):
    headers = {"host": "lab:8501"} | ({} if origin is None else {"origin": origin})
    assert same_origin(Headers(headers)) is (origin in (None, "http://lab:8501"))
