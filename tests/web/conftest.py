"""A lab of its own for tests that need one; nothing computes in it unless the test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from labs import RecordingLab, fresh_lab
from starlette.applications import Starlette

from dissociation.web.server import routes
from dissociation.web.server.headers import middleware

PATIENCE = 30


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Iterator[RecordingLab]:
    made = fresh_lab(tmp_path / "cache", monkeypatch)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Host and port of a server with the app's routes; its lab is whichever test is running's."""
    config = uvicorn.Config(
        Starlette(routes=routes.ROUTES, middleware=middleware()),
        host="127.0.0.1",
        port=0,
        log_level="error",
        lifespan="off",
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"{host}:{port}"
    server.should_exit = True
    thread.join(PATIENCE)
