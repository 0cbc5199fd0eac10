"""From a link of the address layer to a page of the app."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dissociation.address.links import Link


def page_link(link: Link, label: str, icon: str) -> None:
    """Draws a link to a page in a certain state.

    **Arguments:**

    - `label`: in Markdown; `icon`: the name of a Material symbol.
    """
    st.page_link(link.table.script, label=label, icon=f":material/{icon}:", query_params=link.query)


def go_to(link: Link) -> NoReturn:
    """Shows a page in a certain state instead of this one."""
    st.switch_page(link.table.script, query_params=link.query)
