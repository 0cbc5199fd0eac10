"""The Phantom page: a picture of one's choice in a representation, and the function as it was."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.engine.jobs import DONE
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.phantom import text
from dissociation.features.phantom.figures import phantom_figures
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.controls import control, network_controls, reset_button
from dissociation.web.controls.picture_upload import picture_upload
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.question import watched_study
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow


def draw(state: PageState) -> None:
    """The whole page."""
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
    found = watched_study(state)
    if found is None:
        return
    link, study, watch = found
    pictures, curves = phantom_figures(study, type_scale(state.lecture))
    draw_watch(watch, pictures, state.page, text.pictures_words(study))
    st.caption(text.reading(study))
    st.fragment(_verdict, run_every=follow(watch))(watch)
    draw_watch(watch, curves, f"{state.page}-curves", text.curves_words(study), slot=state.page)
    st.fragment(_explained, run_every=follow(watch))(watch, link)


def _verdict(watch: StudyWatch) -> None:
    (found,) = watch.results()
    if found is None:
        return
    if words := text.verdict(found):
        st.markdown(f"### {words}")
    st.markdown(text.same_function(found))


def _explained(watch: StudyWatch, link: Link) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.caption(f"{text.solved(found)} {text.BAND} {text.PAPER}")
    done = watch.status().state == DONE
    if done:
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(text.phantom_table(found), hide_index=True, width="stretch")
    export_links(link, ready=done)
