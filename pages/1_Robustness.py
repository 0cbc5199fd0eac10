"""Robustness: the error of networks of equal function under noise on inputs or parameters."""

import streamlit as st

from dissociation.address.curve_pages import ROBUSTNESS
from dissociation.dashboard.comparison import compared_panel
from dissociation.dashboard.composer import composer
from dissociation.dashboard.controls import (
    condition_controls,
    control,
    group,
    network_controls,
    reset_button,
)
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.state import PageState

frame("Robustness")
state = PageState(ROBUSTNESS)
with st.sidebar:
    on_inputs = control(state, "measure") == "input_noise"
    control(state, "input_range" if on_inputs else "parameter_range")
    condition_controls(state)
    composer(state)
    further = ("anyway",) if on_inputs else ("mode", "layers", "draws")
    group(state, "Noise and images", "grain", (*further, "points", "images", "axis"))
    network_controls(state)
    reset_button(state)

head(
    state,
    "Robustness",
    "All networks below compute the same function as the trained ones. "
    + (
        "Noise is added to every **pixel**; rewrites that are exact everywhere cannot differ here."
        if on_inputs
        else "Noise is added to every **weight**; here they part."
    ),
)
compared_panel(state)
state.write()
finish()
