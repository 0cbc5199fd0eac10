"""Representation: how far a rewrite moves the hidden layer while the function stays."""

import streamlit as st

from dissociation.address.representation_page import NONE, REPRESENTATION
from dissociation.dashboard.composer import composer
from dissociation.dashboard.controls import control, group, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.representation_panel import representation_panel
from dissociation.dashboard.state import PageState

frame("Representation")
state = PageState(REPRESENTATION)
with st.sidebar:
    rewrite = control(state, "rewrite")
    if rewrite != NONE:
        control(state, rewrite)
        further = [name for name in state.parameters if name.startswith(f"{rewrite}.")]
        group(state, "More about the rewrite", "tune", further)
    composer(state, "then", "Then, in sequence")
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
