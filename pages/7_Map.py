"""The dissociation map: how far function and representation move, for every rewrite at once."""

import streamlit as st

from dissociation.address.map_page import MAP
from dissociation.dashboard.controls import control, group, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.map_panel import map_panel
from dissociation.dashboard.map_words import lead
from dissociation.dashboard.state import PageState

state = PageState(MAP)

frame("Map", lecture=state.lecture)
with st.sidebar:
    for name in ("across", "up", "show", "landmarks", "rotation", "layer"):
        control(state, name)
    further = [name for name in state.parameters if "." in name]
    group(state, "More about the rewrites", "tune", further)
    network_controls(state)
    reset_button(state)

head(
    state,
    "Map",
    lead(state["across"]),
)
map_panel(state)
state.write()
finish()
