"""The Robustness page."""

from __future__ import annotations

import streamlit as st

from dissociation.features.curves.comparison import compared_panel
from dissociation.web.controls.composer import composer
from dissociation.web.controls.controls import (
    condition_controls,
    control,
    network_controls,
    noise_axis_controls,
    noise_group,
    noise_on_inputs,
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

    head(
        state,
        "Robustness",
        "All networks below compute the same function as the trained ones. "
        + (
            "Noise is added to every **pixel**; rewrites that are exact everywhere cannot differ "
            "here."
            if noise_on_inputs(state)
            else "Noise is added to every **weight**; here they part."
        ),
    )
    compared_panel(state)
