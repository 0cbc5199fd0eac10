"""The Robustness page."""

from __future__ import annotations

import streamlit as st

from dissociation.address.curve_pages import NOISES
from dissociation.features.curves.comparison import compared_panel
from dissociation.web.controls.composer import composer
from dissociation.web.controls.controls import (
    condition_controls,
    control,
    network_controls,
    noise_axis_controls,
    noise_group,
    reset_button,
)
from dissociation.web.shell.head import head
from dissociation.web.shell.state import PageState


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        noise_axis_controls(state)
        control(state, "theory")
        condition_controls(state)
        composer(state)
        noise_group(state)
        network_controls(state)
        reset_button(state)

    noise = NOISES[state["measure"]]
    differ = "here they part."
    if noise.sees_only_function:
        differ = "rewrites that are exact everywhere cannot differ here."
    head(
        state,
        "Robustness",
        "All networks below compute the same function as the trained ones. Noise is added to "
        f"{noise.added_to}; {differ}",
    )
    compared_panel(state)
