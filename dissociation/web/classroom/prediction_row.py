"""The row above a chart from which its curves are pinned and predicted, and the class's room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.table import Condition
from dissociation.web.classroom.predict_controls import predict_menu
from dissociation.web.classroom.predicting import Predicting, predicting
from dissociation.web.classroom.room_panel import room_panel
from dissociation.web.shell.state import PageState


def prediction_row(
    state: PageState,
    link: Link,
    conditions: Sequence[Condition],
    before: Callable[[], None] | None = None,
) -> Predicting | None:
    """Draws the row, and the panel of the room that the address names.

    **Arguments:**

    - `link`: to the page with its values; `conditions`: of it, covered or not.
    - `before`: draws what stands before the menu, in the same row.

    **Returns:** what is to be predicted, if anything is.
    """
    found = predicting(state, link, conditions)
    with st.container(horizontal=True, vertical_alignment="center"):
        if before is not None:
            before()
        predict_menu(state, conditions, found)
    room_panel(state, found)
    return found
