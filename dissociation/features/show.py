"""A page from top to bottom, whichever feature it is."""

from __future__ import annotations

from dissociation import features  # noqa: F401 (registers them)
from dissociation.web.shell.feature import FEATURES
from dissociation.web.shell.frame import finish, frame
from dissociation.web.shell.state import PageState


def show(name: str) -> None:
    """Draws the page of a feature.

    **Arguments:**

    - `name`: of its table.
    """
    feature = FEATURES[name]
    state = PageState(feature.table)
    frame(feature.table.title, lecture=state.lecture)
    feature.part("page").draw(state)
    state.write()
    finish()
