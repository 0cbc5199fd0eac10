"""From a page's values to the one question they ask, and what is watched to answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.core.study import Study
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine.lab import lab
from dissociation.engine.study_watch import StudyWatch
from dissociation.web.shell.messages import guard
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import W, watch_for

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


def watched_study(
    state: PageState, ahead: Callable[[Values], Sequence[Study]] = lambda values: ()
) -> tuple[Link, Any, StudyWatch] | None:
    """The same of a page of one study.

    **Arguments:**

    - `ahead`: from a page's values to what may be asked for next, most likely first.
    """
    study = state.table.study
    assert study is not None
    return watched_question(
        state, study, lambda asked, values: lab().watch_studies([asked], ahead(values))
    )
