"""The top of a page: title, links to share it, what a preset promises, and what was not usable."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.presets import preset_of
from dissociation.web.shell.share import share
from dissociation.web.shell.state import PageState
from dissociation.web.shell.tour import tour_card

_LECTURE = """
<style>
[data-testid="stMain"] :is(p, li, td, th, label, button, span[data-testid="stMetricValue"]) {
  font-size: 1.35rem;
  line-height: 1.45;
}
[data-testid="stMain"] [data-testid="stCaptionContainer"] p { font-size: 1.15rem; }
[data-testid="stMain"] h1 { font-size: 2.2rem; padding: 0; }
[data-testid="stMain"] h2 { font-size: 2rem; }
[data-testid="stMain"] h3 { font-size: 1.7rem; padding: .1rem 0 1rem; }
[data-testid="stMain"] .live-chart-text,
[data-testid="stMain"] .live-chart-words { font-size: 1.2rem; }
/* All height to the chart: the title stands between the signs of the window's own bar. */
[data-testid="stHeader"] { background: transparent; pointer-events: none; }
[data-testid="stHeader"] > * { pointer-events: auto; }
.block-container { max-width: none; padding: .6rem 2rem 2rem; }
.block-container > [data-testid="stVerticalBlock"] { gap: .6rem; }
.st-key-lab-title { padding: 0 2.5rem; }
/* What a lecturer says anyway stands beneath. */
:has(> .st-key-lab-words) { order: 1; }
/* The room is a strip beside the chart, what steers it next to the code that is scanned. */
@media (width > 900px) {
  .st-key-lab-room {
    inset: 3.5rem 1rem auto auto; max-height: calc(100vh - 4rem); overflow: auto; position: fixed;
    width: 17rem;
  }
  .block-container:has(.st-key-lab-room) { padding-right: 19rem; }
  .st-key-lab-room [data-testid="stVerticalBlock"] { gap: .6rem; }
  .st-key-lab-room .lab-qr { max-width: none; }
  .st-key-lab-room :has(> .st-key-lab-steer) { order: -1; }
}
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
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="lab-title",
    ):
        st.title(title, width="content")
        share(state)
    tour_card(state)
    state.show_notices()
    # The tour says itself what to look at.
    known = (
        preset_of(Link(state.table, state.values()))
        if state.table.measures and not state["tour"]
        else None
    )
    with st.container(key="lab-words"):
        if words:
            st.markdown(words)
        if known is not None:
            st.info(
                f"**{known.title}**\n\n{known.expect}\n\n*Why:* {known.why}",
                icon=":material/lightbulb:",
            )
