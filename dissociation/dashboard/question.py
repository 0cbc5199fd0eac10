"""From a page's values to the one question they ask, and what is watched to answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.dashboard.panels import guard
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import W, watch_for

Q = TypeVar("Q")


def _digest(asked: Any) -> str:
    return asked.digest()


def watched_question(
    state: PageState,
    ask: Callable[[Values], Q],
    begin: Callable[[Q, Values], W],
    named: Callable[[Q], str] = _digest,
) -> tuple[Link, Q, W] | None:
    """A page's link, what it asks, and this session's watch for it.

    **Arguments:**

    - `ask`: from a page's values to the question. **May raise** `InvalidValue`.
    - `begin`: watches a question, with the page's values. **May raise** the same.
    - `named`: tells a question from others; by default its own digest.

    **Returns:** `None` if the values contradict each other (the reason is on the page).
    """
    try:
        link = Link(state.table, state.values())
        asked = ask(link.values)
        watch = watch_for(state.page, named(asked), lambda: begin(asked, link.values))
    except (InvalidValue, DamagedData) as problem:
        guard(problem)
        return None
    return link, asked, watch
