"""Connections whose small answers do not wait for one another."""

from __future__ import annotations

import asyncio
import socket

import pytest

from dissociation.web.server import launch, no_delay
from dissociation.web.server.no_delay import send_without_delay

pytestmark = pytest.mark.skipif(
    not no_delay._OPEN.is_dir(), reason="this system has no list of open files"
)


@pytest.fixture
def listening():
    """As Streamlit makes its own: without the protocol's number, so that asyncio leaves it."""
    with socket.socket(socket.AF_INET) as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one


def delays_off(listening: socket.socket) -> bool:
    with socket.create_connection(listening.getsockname(), timeout=5):
        accepted, _ = listening.accept()
        with accepted:
            return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_each_connection_from_then_on_sends_at_once(listening):
    assert not delays_off(listening)
    assert send_without_delay() >= 1
    assert delays_off(listening)
    assert delays_off(listening), "the socket itself is still open"


def test_other_sockets_are_left_alone(listening):
    others = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
    outgoing = socket.create_connection(listening.getsockname(), timeout=5)
    # What is made with the number has it off already on the side that connects.
    outgoing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
    try:
        send_without_delay()
        assert not outgoing.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert all(one.fileno() >= 0 for one in others)
    finally:
        for one in (*others, outgoing):
            one.close()


def test_a_system_without_a_list_of_open_files(tmp_path, monkeypatch, listening):
    monkeypatch.setattr(no_delay, "_OPEN", tmp_path / "none")
    assert send_without_delay() == 0
    assert not delays_off(listening)


def test_the_server_does_it_when_it_begins(listening, lab, monkeypatch):
    monkeypatch.setattr(lab, "stop", lambda: None)
    monkeypatch.setattr(launch, "log_to_stderr", lambda level: None)

    async def live():
        async with launch.lifespan(None):
            assert delays_off(listening)

    asyncio.run(live())
