"""Transfer: how well the rewritten hidden layer can be read for a task it was not trained for."""

import streamlit as st

from dissociation.address.curve_pages import TRANSFER
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

state = PageState(TRANSFER)

frame("Transfer", lecture=state.lecture)
with st.sidebar:
    control(state, "task")
    control(state, "probe")
    condition_controls(state)
    composer(state)
    group(state, "Budgets and images", "grain", ("points", "images", "split", "axis"))
    network_controls(state)
    reset_button(state)

head(
    state,
    "Transfer",
    "A linear probe reads the second hidden layer for a **new task**, from more and more images. "
    "The function is the same in all conditions; what the layer offers to a new reader may not be.",
)
compared_panel(state)
state.write()
finish()
