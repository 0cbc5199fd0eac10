"""Who opened a room: its secret, kept in the session and, for a reload, in the browser's cookies.

Not in the address, which is projected in front of the class and copied from there.
"""

from __future__ import annotations

import streamlit as st

from dissociation.web.shell.cookies import cookie, keep_cookie

#: No longer than a room lives without anything happening (seconds).
_MAX_AGE = 3 * 3600


def _cookie(code: str) -> str:
    return f"dissociation_host_{code}"


def host_key(code: str) -> str:
    """The secret of a room's host, if this browser is the host's; else empty."""
    return st.session_state.get(_cookie(code)) or cookie(_cookie(code))


def keep_host_key(code: str, key: str) -> None:
    """Keeps the secret of a room that this visitor has just opened."""
    st.session_state[_cookie(code)] = key


def remember_in_browser(code: str) -> None:
    """Lets the browser keep it, too, so that the host can reload the page."""
    keep_cookie(_cookie(code), host_key(code), seconds=_MAX_AGE, site="Strict")
