"""Who asks: one tab of a browser. To others, ten tabs are as one visitor with ten jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Asker(NamedTuple):
    """- `browser`: the same in all of its tabs; `tab`: one of them."""

    browser: str
    tab: str


class Asking(NamedTuple):
    """On whose behalf something is asked for.

    - `before`: how many of the browser's other tabs wait for their first results.
    """

    asker: Asker | None = None
    before: int = 0


_NOBODY = Asking()
_NOW: ContextVar[Asking] = ContextVar("asking", default=_NOBODY)


def asking() -> Asking:
    """On whose behalf this thread asks; of nobody in particular unless said."""
    return _NOW.get()


@contextmanager
def asking_for(asker: Asker, before: int) -> Iterator[None]:
    """What this thread asks for meanwhile is for a tab, after so many others of its browser."""
    token = _NOW.set(Asking(asker, before))
    try:
        yield
    finally:
        _NOW.reset(token)
