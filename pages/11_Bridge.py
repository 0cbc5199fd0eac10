"""Bridge: measured robustness of many networks against the norms that theory looks at."""

import streamlit as st

from dissociation.address.bridge_page import BRIDGE
from dissociation.dashboard.bridge_panel import bridge_panel
from dissociation.dashboard.controls import control, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.state import PageState

state = PageState(BRIDGE)

frame("Bridge", lecture=state.lecture)
with st.sidebar:
    for name in ("compute", "across", "show", "network"):
        control(state, name)
    network_controls(state)
    reset_button(state)

head(
    state,
    "Bridge",
    "From theory to measurement: how robust each rewrite of a network was *measured* to be, "
    "against norms that the theory of linear networks says it depends on.",
)
bridge_panel(state)
state.write()
finish()
