"""Robustness: the error of networks of equal function under noise on inputs or parameters."""

import streamlit as st

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.dashboard.comparison import compared_panel
from dissociation.dashboard.composer import composer
from dissociation.dashboard.controls import (
    condition_controls,
    control,
    network_controls,
    noise_axis_controls,
    noise_group,
    noise_on_inputs,
    reset_button,
)
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.state import PageState

state = PageState(ROBUSTNESS)

frame("Robustness", lecture=state.lecture)
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
        "Noise is added to every **pixel**; rewrites that are exact everywhere cannot differ here."
        if noise_on_inputs(state)
        else "Noise is added to every **weight**; here they part."
    ),
)
compared_panel(state)
state.write()
finish()
