"""Sessions of closed tabs leave the memory although nobody comes after them."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from dissociation.web.server.left_sessions import forget_left_sessions


class Session:
    def __init__(self, name: str):
        self.id = name


@pytest.fixture
def left(monkeypatch):
    """Seconds for which sessions are kept, to a weak reference to one that was left just now."""

    def leave(seconds: float) -> weakref.ref[Session]:
        storage = MemorySessionStorage(ttl_seconds=seconds)
        manager = WebsocketSessionManager(storage, None, None, None)
        monkeypatch.setattr(Runtime, "exists", lambda: True)
        monkeypatch.setattr(Runtime, "instance", lambda: SimpleNamespace(_session_mgr=manager))
        session = Session("a")
        storage.save(SessionInfo(client=None, session=session, script_run_count=1))
        return weakref.ref(session)

    return leave


@pytest.mark.parametrize("seconds, stays", [(0.0, False), (60.0, True)])
def test_they_go_when_they_cannot_come_back(left, seconds, stays):
    session = left(seconds)
    gc.collect()
    assert session() is not None, "Streamlit would let it go by itself"
    forget_left_sessions()
    gc.collect()
    assert (session() is not None) == stays


def test_without_streamlit_there_are_none(monkeypatch):
    monkeypatch.setattr(Runtime, "exists", lambda: False)
    forget_left_sessions()
