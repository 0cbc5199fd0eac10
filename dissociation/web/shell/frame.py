"""What every page begins with: configuration, style and the way to the other pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dissociation.web.shell.feature import FEATURES
from dissociation.web.shell.messages import show_status
from dissociation.web.shell.serving import manual_is_served
from dissociation.web.shell.state import last_address
from dissociation.web.shell.warm_up import warm_up

_STYLE = """
<style>
.block-container { padding-top: 4rem; padding-bottom: 3rem; max-width: 1500px; }
.lab-swatch { height: 4px; border-radius: 2px; margin: -.6rem 0 .1rem; }
[data-testid="stCaptionContainer"] { opacity: .85 !important; }
.lab-qr { width: 100%; max-width: 220px; border-radius: 6px; }
/* A formula is a little larger than KaTeX thinks, and would scroll by two pixels, unseen. */
[data-testid="stMarkdown"] .katex-display { padding: .25rem .3rem; }
.lab-file { color: inherit; text-decoration: underline; }
.lab-files { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin: 0; }
@media (max-width: 640px) {
  .block-container { padding-left: 1rem; padding-right: 1rem; }
  [data-testid="stMarkdown"] .katex { font-size: 1.05em; }
}
</style>
"""


def in_session() -> bool:
    """Whether a visitor's session is running this script, rather than the server importing it."""
    return get_script_run_ctx(suppress_warning=True) is not None


def frame(title: str, *, lecture: bool = False) -> None:
    """Begins a page: title of the tab, wide layout, style, navigation, and whether the disk fails.

    **Arguments:**

    - `title`: of the page.
    - `lecture`: whether the chart is to have the whole width, with the controls folded away.
    """
    st.set_page_config(
        page_title=f"{title} · dissociation",
        # A file of our own: Streamlit fetches other icons from the network.
        page_icon=str(Path(__file__).parent / "icon.png"),
        layout="wide",
        initial_sidebar_state="collapsed" if lecture else "auto",
        menu_items={"about": "**dissociation**: same function, different representation."},
    )
    st.html(_STYLE)
    with st.sidebar:
        st.markdown("### dissociation")
        for name, feature in FEATURES.items():
            table = feature.table
            # With the address it had, so that coming back is one entry in the history, not two.
            query = last_address(name) if table.title != title else None
            icon = f":material/{feature.icon}:"
            st.page_link(table.script, label=table.title, icon=icon, query_params=query)
        if manual_is_served():
            # Relative, as the lab may live below a base path.
            st.html('<a class="lab-file" href="docs/">Manual</a>')
    show_status()


def finish() -> None:
    """Ends a page: now that it is on screen, load what it will need."""
    warm_up()
