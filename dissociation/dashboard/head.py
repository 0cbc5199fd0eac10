"""The top of a page: title, links to share it, what a preset promises, and what was not usable."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.presets import preset_of
from dissociation.dashboard.share import share
from dissociation.dashboard.state import PageState
from dissociation.dashboard.tour import tour_card

_LECTURE = """
<style>
[data-testid="stMain"] :is(p, li, td, th, label, button, span[data-testid="stMetricValue"]) {
  font-size: 1.35rem;
  line-height: 1.45;
}
[data-testid="stMain"] [data-testid="stCaptionContainer"] p { font-size: 1.15rem; }
[data-testid="stMain"] h1 { font-size: 3.4rem; }
[data-testid="stMain"] h2 { font-size: 2.6rem; }
[data-testid="stMain"] .live-chart-text,
[data-testid="stMain"] .live-chart-words { font-size: 1.2rem; }
.block-container { max-width: none; }
</style>
"""


def head(state: PageState, title: str, words: str = "") -> None:
    """Draws the top of a page.

    **Arguments:**

    - `title`: of the page; `words`: an introduction in Markdown.
    """
    if state.lecture:
        st.html(_LECTURE)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title(title, width="content")
        share(state)
    tour_card(state)
    if words:
        st.markdown(words)
    state.show_notices()
    # The tour says itself what to look at.
    known = (
        preset_of(Link(state.table, state.values()))
        if state.table.measures and not state["tour"]
        else None
    )
    if known is not None:
        st.info(
            f"**{known.title}**\n\n{known.expect}\n\n*Why:* {known.why}",
            icon=":material/lightbulb:",
        )
