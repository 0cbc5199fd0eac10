"""The named experiments as a list of links."""

from __future__ import annotations

import streamlit as st

from dissociation.address.presets import PRESETS
from dissociation.web.shell.page_links import page_link


def preset_cards() -> None:
    """Draws a card a preset: its link, and what to expect."""
    columns = st.columns(2, gap="medium")
    for number, preset in enumerate(PRESETS.values()):
        with columns[number % 2].container(border=True):
            page_link(preset.link, f"**{preset.title}**", "lightbulb")
            st.caption(preset.expect)
