"""The Sweep page."""

from __future__ import annotations

import streamlit as st

from dissociation.address.sweep_links import next_one
from dissociation.features.curves.panel import asked_for, page_curves
from dissociation.web.controls.controls import (
    control,
    group,
    network_controls,
    noise_axis_controls,
    noise_group,
    reset_button,
)
from dissociation.web.controls.strengths_field import strengths_field, usual_strengths
from dissociation.web.shell.head import head
from dissociation.web.shell.page_links import page_link
from dissociation.web.shell.state import PageState


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        rewrite = control(state, "rewrite", on_change=usual_strengths, args=(state,))
        strengths_field(state)
        further = [name for name in state.parameters if name.startswith(f"{rewrite}.")]
        group(state, "More about the rewrite", "tune", further)
        noise_axis_controls(state)
        noise_group(state)
        network_controls(state)
        reset_button(state)

    head(
        state,
        "Sweep",
        "One rewrite of the same networks, from weak to strong. The function is the same in every "
        "panel and every row; how much noise it stands is not.",
    )
    asked = asked_for(state)
    guess = next_one(state.values())
    strength = f"{guess.values[rewrite]:g}"
    page_link(guess, f"Rather guess the next one? Draw the curve of strength {strength}", "draw")
    if asked is not None:
        page_curves(state, asked[1], None, height=0)
