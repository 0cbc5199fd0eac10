"""Linear: two-layer linear networks, where every solution of a task is known exactly."""

import streamlit as st

from dissociation.address.linear_page import LINEAR
from dissociation.dashboard.controls import reset_button
from dissociation.dashboard.frame import finish, frame
from dissociation.dashboard.head import head
from dissociation.dashboard.linear_panel import linear_controls, linear_panel
from dissociation.dashboard.state import PageState

state = PageState(LINEAR)

frame("Linear", lecture=state.lecture)
with st.sidebar:
    linear_controls(state)
    reset_button(state)

head(
    state,
    "Linear networks",
    "Two layers without any nonlinearity, ŷ = W2 W1 x: here the paper's theory is exact. Play the "
    "walk: weights and hidden layer wander, and the outputs do not move.",
)
linear_panel(state)
state.write()
finish()
