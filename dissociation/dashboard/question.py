"""From a page's values to the one question they ask, and what is watched to answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.dashboard.panels import guard
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import W, watch_for
from dissociation.errors import DamagedData, InvalidValue


class _Question(Protocol):
    def digest(self) -> str: ...


Q = TypeVar("Q", bound=_Question)


def watched_question(
    state: PageState, ask: Callable[[Values], Q], begin: Callable[[Q, Values], W]
) -> tuple[Link, Q, W] | None:
    """A page's link, what it asks, and this session's watch for it.

    **Arguments:**

    - `ask`: from a page's values to the question. **May raise** `InvalidValue`.
    - `begin`: watches a question, with the page's values. **May raise** the same.

    **Returns:** `None` if the values contradict each other (the reason is on the page).
    """
    try:
        link = Link(state.table, state.values())
        asked = ask(link.values)
        watch = watch_for(state.page, asked.digest(), lambda: begin(asked, link.values))
    except (InvalidValue, DamagedData) as problem:
        guard(problem)
        return None
    return link, asked, watch
