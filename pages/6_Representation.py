"""Representation: how far a rewrite moves the hidden layer while the function stays."""

import streamlit as st

from dissociation.address.representation_page import REPRESENTATION
from dissociation.dashboard.composer import one_rewrite_controls
from dissociation.dashboard.controls import control, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.representation_panel import representation_panel
from dissociation.dashboard.state import PageState

state = PageState(REPRESENTATION)

frame("Representation", lecture=state.lecture)
with st.sidebar:
    one_rewrite_controls(state)
    for name in ("layer", "images", "network_a", "network_b", "task_b"):
        control(state, name)
    network_controls(state)
    reset_button(state)

head(
    state,
    "Representation",
    "The other half of the dissociation: what the hidden layer holds, before and after a rewrite "
    "that leaves the function as it was.",
)
representation_panel(state)
state.write()
finish()
