"""The door to a class's room: enter its code, and the room's page opens."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import read_address
from dissociation.address.predicting import CODE_LENGTH, typed_code
from dissociation.engine.lab import lab
from dissociation.web.shell.page_links import go_to
from dissociation.web.shell.state import PageState, plain


def join_a_room(state: PageState) -> None:
    """Draws the field for a room's code, and goes to its page once there is one.

    A code in the address is as good as one that is typed.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="start-join"):
        text = st.text_input(
            "In a class? Enter the room's code",
            max_chars=20,
            placeholder="?" * CODE_LENGTH,
            key="start-code",
            width=420,
        )
        st.button("Enter", key="start-enter")
    code = typed_code(text) or state["room"]
    if not code:
        return
    room = lab().rooms.view(code)
    if room is None:
        st.warning(f"There is no room “{plain(code)}”. Codes have {CODE_LENGTH} letters or digits.")
        return
    link, _ = read_address(room.path)
    go_to(link)
