"""The card of the guided tour at the top of a page, and the invitation to it."""

from __future__ import annotations

import streamlit as st

from dissociation.address.tour import STEPS
from dissociation.web.shell.cookies import cookie, keep_cookie
from dissociation.web.shell.page_links import page_link
from dissociation.web.shell.state import PageState

#: In the session: the visitor wants no invitation any more.
DECLINED = "tour|declined"
#: The same for later visits. It says nothing else, and nobody.
COOKIE, DECLINED_WORD = "dissociation_tour", "declined"
_YEAR = 31_536_000


def tour_card(state: PageState) -> None:
    """Draws the step that the address names, with the way on and out."""
    number = state["tour"]
    if number == 0:
        return
    step = STEPS[number - 1]
    with st.container(border=True, key=f"{state.page}-tour-card"):
        st.markdown(f"**{number} of {len(STEPS)}: {step.title}.** {step.words}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if number > 1:
                _go(number - 1, "Back", "arrow_back")
            if number < len(STEPS):
                _go(number + 1, "Next", "arrow_forward")
            st.button(
                "End the tour",
                icon=":material/close:",
                on_click=_end,
                args=(state,),
                key=f"{state.page}-tour-end",
                type="tertiary",
            )


def _go(number: int, label: str, icon: str) -> None:
    page_link(STEPS[number - 1].link, label, icon)


def _end(state: PageState) -> None:
    state.put("tour", 0)
    st.session_state[DECLINED] = True


def invitation(state: PageState) -> None:
    """Invites a visitor to the tour, until they have taken or declined it."""
    if state["tour"] or cookie(COOKIE) == DECLINED_WORD:
        return
    if st.session_state.get(DECLINED):
        keep_cookie(COOKIE, DECLINED_WORD, seconds=_YEAR)
        return
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key=f"{state.page}-invitation"
    ):
        st.markdown("New here? A tour of six steps shows what the lab can do.", width="stretch")
        _go(1, "Take the tour", "tour")
        st.button(
            "Not now",
            on_click=_decline,
            key=f"{state.page}-tour-decline",
            type="tertiary",
        )


def _decline() -> None:
    st.session_state[DECLINED] = True
