"""The catalogue is large, and nothing in it is there twice."""

from __future__ import annotations

from dissociation.engine.settings import LIMITS

from . import catalogue as c
from .uploads import uploads


def entries() -> list[tuple]:
    """Everything, by hand, before it is crossed with pages and parameters."""
    found: list[tuple] = []
    values = [text for texts in c.VALUES.values() for text in texts]
    found += [("address value", text) for text in dict.fromkeys(values)]
    found += [("parameter name", name) for name in dict.fromkeys(c.NAMES)]
    found += [("address", text) for text in c.ADDRESSES]
    found += [("json", text) for text in c.JSON_TEXTS]
    found += [("request", ask) for ask in c.REQUESTS]
    found += [("raw request", raw) for raw in c.RAW_REQUESTS]
    found += [("socket", name) for name in c.SOCKET_NAMES]
    found += [("origin", origin) for origin in c.ORIGINS]
    found += [("message", repr(message)) for message, _ in c.MESSAGES]
    found += [("event", f"{event!r:.99}") if event != 10**400 else ("event",) for event in c.EVENTS]
    found += [("upload", name) for name in uploads()]
    found += [("environment", text) for text in c.ENVIRONMENT_NUMBERS]
    found += [(name, text) for name, texts in c.ENVIRONMENT_WORDS.items() for text in texts]
    return found


def test_at_least_500_distinct_entries():
    found = entries()
    assert len(set(found)) == len(found) >= 500
    assert len({name for name, *_ in found}) >= 12 and len(LIMITS) >= 3
