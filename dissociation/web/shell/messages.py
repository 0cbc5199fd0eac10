"""What every page says when something is wrong with the lab itself, and it works nonetheless."""

from __future__ import annotations

import streamlit as st

from dissociation.engine.lab import known_status
from dissociation.web.shell.state import plain


def show_status() -> None:
    """Warns of a store that cannot be written, or of a cluster that does not answer."""
    if text := known_status():
        st.warning(plain(text), icon=":material/warning:")


def guard(problem: Exception) -> None:
    """Says on the page what was wrong, in the words of an error that visitors may read."""
    st.error(plain(str(problem)), icon=":material/error:")
