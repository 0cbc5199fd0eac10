"""The Transfer page."""

from __future__ import annotations

import streamlit as st

from dissociation.features.curves.comparison import compared_panel
from dissociation.web.controls.composer import composer
from dissociation.web.controls.controls import (
    condition_controls,
    control,
    group,
    network_controls,
    reset_button,
)
from dissociation.web.shell.head import head
from dissociation.web.shell.state import PageState


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        control(state, "task")
        control(state, "probe")
        condition_controls(state)
        composer(state)
        group(state, "Budgets and images", "grain", ("points", "images", "split", "axis"))
        network_controls(state)
        reset_button(state)

    head(
        state,
        "Transfer",
        "A linear probe reads the second hidden layer for a **new task**, from more and more "
        "images. The function is the same in all conditions; what the layer offers to a new reader "
        "may not be.",
    )
    compared_panel(state)
