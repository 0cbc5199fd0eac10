"""Phantom: a picture of one's choice in a representation, without any change of the function."""

import streamlit as st

from dissociation.address.phantom_page import PHANTOM
from dissociation.dashboard.controls import control, network_controls, reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.phantom_panel import phantom_panel
from dissociation.dashboard.picture_upload import picture_upload
from dissociation.dashboard.state import PageState

state = PageState(PHANTOM)

frame("Phantom", lecture=state.lecture)
with st.sidebar:
    control(state, "phantom.picture")
    picture_upload(state, "phantom.picture")
    for name in ("phantom.shown_in", "phantom", "phantom.layer", "phantom.group"):
        control(state, name)
    for name in ("noise", "draws", "network"):
        control(state, name)
    network_controls(state)
    reset_button(state)

head(
    state,
    "Phantom",
    "Neurons that paint a picture of your choice into the representation, while not one answer "
    "changes. Then noise: see which goes first.",
)
phantom_panel(state)
state.write()
finish()
