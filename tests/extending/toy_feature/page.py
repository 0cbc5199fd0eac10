"""The page."""

from __future__ import annotations

import streamlit as st

from dissociation.engine.jobs import DONE
from dissociation.web.controls.controls import control, network_controls, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.question import watched_study
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch

from .figures import figure
from .text import verdict


def draw(state: PageState) -> None:
    """See `dissociation.web.shell.feature`."""
    with st.sidebar:
        control(state, "layer")
        control(state, "network")
        network_controls(state)
        reset_button(state)
    head(state, "Reach", "How long the weights of each neuron are.")
    if (found := watched_study(state)) is None:
        return
    link, study, watch = found
    draw_watch(watch, figure(study), state.page, "Norms by rank")
    (result,) = watch.results()
    if result is not None:
        st.markdown(verdict(result))
    export_links(link, ready=watch.status().state == DONE)
