"""The Representation page: how far a rewrite moves the hidden layer while the function stays."""

from __future__ import annotations

import contextlib

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.validation import InvalidValue
from dissociation.engine.jobs import DONE
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.representation import text
from dissociation.features.representation.address import NONE, comparison_of
from dissociation.features.representation.figures import representation_figure, representation_words
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.composer import one_rewrite_controls
from dissociation.web.controls.controls import control, nearby, network_controls, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.question import watched_study
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow

#: Positions of the slider, to both sides, that are compared while the lab has nothing else to do.
AHEAD = 3


def draw(state: PageState) -> None:
    """The whole page."""
    with st.sidebar:
        one_rewrite_controls(state)
        for name in ("layer", "images", "network_a", "network_b", "task_b"):
            control(state, name)
        network_controls(state)
        reset_button(state)
    head(
        state,
        "Representation",
        "The other half of the dissociation: what the hidden layer holds, before and after a "
        "rewrite that leaves the function as it was.",
    )
    found = watched_study(state, lambda values: _moved(state, values))
    if found is None:
        return
    link, comparison, watch = found
    figure = representation_figure(comparison, type_scale(state.lecture))
    alt = f"{representation_words(comparison)}. Their table is beneath."
    draw_watch(watch, figure, state.page, alt)
    st.fragment(_explained, run_every=follow(watch))(watch, comparison, link)


def _moved(state: PageState, values: Values) -> list[Comparison]:
    """What moving the strength's slider would ask for, the nearest positions first."""
    name = values["rewrite"]
    if name == NONE or state.locked(name) or state.hidden(name):
        return []
    found = []
    for strength in nearby(state.parameters[name], values[name], AHEAD):
        with contextlib.suppress(InvalidValue):
            found.append(comparison_of({**values, name: strength}))
    return found


def _explained(watch: StudyWatch, comparison: Comparison, link: Link) -> None:
    (found,) = watch.results()
    if found is None:
        return
    st.caption(text.pictures_words(comparison, found))
    if comparison.second.recipe.task != comparison.first.recipe.task:
        st.caption(text.ANOTHER_TASK)
    st.caption(text.PAPER)
    if found.normal_forms is not None:
        st.markdown(f"**One and the same network?** {text.normal_form_words(found.normal_forms)}")
    export_links(link, ready=watch.status().state == DONE)
