"""Causes: why a network breaks under parameter noise, by layers, neurons and margins."""

import streamlit as st

from dissociation.address.causes_page import CAUSES
from dissociation.dashboard.causes_panel import causes_panel
from dissociation.dashboard.composer import one_rewrite_controls
from dissociation.dashboard.controls import control, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.state import PageState

state = PageState(CAUSES)

frame("Causes", lecture=state.lecture)
with st.sidebar:
    one_rewrite_controls(state)
    for name in ("sigma", "layer", "images", "draws", "network"):
        control(state, name)
    network_controls(state)
    reset_button(state)

head(
    state,
    "Causes",
    "A curve shows *that* a rewritten network is fragile. Here is *why*: where the noise of its "
    "logits comes from, which neurons carry it, and when it is wider than the margins.",
)
causes_panel(state)
state.write()
finish()
