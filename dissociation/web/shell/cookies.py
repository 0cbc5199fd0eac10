"""Cookies of the lab: what a browser remembers between visits, and nothing about who visits."""

from __future__ import annotations

import streamlit as st

_KEEP = st.components.v2.component(
    "dissociation_cookie",
    js="""export default function ({ data }) {
        const { name, value, seconds, site } = data;
        document.cookie = `${name}=${value}; path=/; max-age=${seconds}; SameSite=${site}`;
    }""",
)


def cookie(name: str) -> str:
    """What this browser remembers under a name; empty if nothing."""
    known = st.context.cookies.get(name)
    return known if isinstance(known, str) else ""


def keep_cookie(name: str, value: str, *, seconds: int, site: str = "Lax") -> None:
    """Lets this browser remember a value.

    **Arguments:**

    - `name`, `value`: letters, digits and underscores, from the lab itself.
    - `seconds`: for how long; `site`: `Lax`, or `Strict` for secrets.
    """
    data = {"name": name, "value": value, "seconds": seconds, "site": site}
    _KEEP(key=f"cookie-{name}", data=data)
