"""The Hypothesis page."""

from __future__ import annotations

import streamlit as st

from dissociation.address.curve_pages import RANGES, noise_settings
from dissociation.core.statistics.hypothesis import AT as AT_ONE_POINT
from dissociation.features.hypothesis.address import AT, TRANSFER
from dissociation.features.hypothesis.panel import hypothesis_panel
from dissociation.web.controls.composer import composer
from dissociation.web.controls.controls import control, group, network_controls, reset_button
from dissociation.web.shell.head import head
from dissociation.web.shell.state import PageState


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        composer(state, "a", "A")
        composer(state, "b", "B")
        measure = control(state, "measure")
        if control(state, "summary") == AT_ONE_POINT:
            control(state, AT[measure].name)
        if measure == TRANSFER:
            probe = ("task", "probe", "split", "budgets", "probe_images")
            group(state, "Task and probe", "swap_horiz", probe)
        else:
            control(state, RANGES[measure].name)
            further = [name for name in noise_settings(measure) if name in state.parameters]
            if further:
                group(state, "Kind of noise", "grain", further)
        noise = () if measure == TRANSFER else ("points", "images")
        group(state, "Images and axis", "image", (*noise, "axis"))
        network_controls(state)
        reset_button(state)

    head(
        state,
        "Hypothesis",
        "Two rewrites of the same networks under the same noise, network by network: is there a "
        "difference, how large is it, and how sure is it?",
    )
    hypothesis_panel(state)
