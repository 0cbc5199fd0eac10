"""The named experiments as a list of links."""

from __future__ import annotations

import streamlit as st

from dissociation.address.presets import PRESETS


def preset_cards() -> None:
    """Draws a card a preset: its link, and what to expect."""
    columns = st.columns(2, gap="medium")
    for number, preset in enumerate(PRESETS.values()):
        with columns[number % 2].container(border=True):
            link = preset.link
            st.page_link(
                link.table.script,
                label=f"**{preset.title}**",
                icon=":material/lightbulb:",
                query_params=link.query,
            )
            st.caption(preset.expect)
