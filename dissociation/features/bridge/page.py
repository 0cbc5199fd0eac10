"""Measured robustness against the norms of theory: a point a network, and what ties them."""

from __future__ import annotations

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.core.theory.bridge import Point
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.bridge import text as words
from dissociation.features.bridge.address import ALL, candidates_of
from dissociation.features.bridge.answer import Measured, measured_of
from dissociation.features.bridge.figures import bridge_figure
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.controls import control, network_controls, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.question import watched_question
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow


def draw(state: PageState) -> None:
    """The whole page."""
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
    compute = state["compute"] == ALL
    found = watched_question(
        state,
        lambda values: Measured(lab().library, candidates_of(values), compute=compute),
        lambda asked, _: lab().watch_question(asked),
    )
    if found is None:
        return
    link, _, watch = found
    values, asked = link.values, measured_of(watch)
    if not compute:
        _offer(state, asked)
    figure = bridge_figure(
        asked.candidates, asked.experiments, values["across"], type_scale(state.lecture)
    )
    st.fragment(_verdict, run_every=follow(watch))(watch, values["across"])
    alt = f"{figure.y.title} against {figure.x.title}, a point a network. Their table is below."
    draw_watch(watch, figure, state.page, alt)
    st.caption(words.READING)
    st.fragment(_below, run_every=follow(watch))(watch, link)


def _offer(state: PageState, asked: Measured) -> None:
    missing = sum(c.wanted for n, c in enumerate(asked.candidates) if n not in asked.experiments)
    if missing and not state.hidden("compute"):
        st.button(
            f"Measure the {missing} that are missing",
            icon=":material/play_arrow:",
            on_click=state.put,
            args=("compute", ALL),
            key=f"{state.page}-measure",
            disabled=state.locked("compute"),
        )


def shown(watch: StudyWatch, values: Values) -> str:
    """How many networks there are, in words."""
    return words.how_many(measured_of(watch).candidates, _points(watch), values)


def _points(watch: StudyWatch) -> list[Point]:
    return list(measured_of(watch).points(watch).values())


def _verdict(watch: StudyWatch, across: str) -> None:
    if told := words.verdict(_points(watch), across, finished=watch.status().finished):
        st.markdown(f"### {told}")


def _below(watch: StudyWatch, link: Link) -> None:
    points, across = _points(watch), link.values["across"]
    st.markdown(f"{words.furthest(points, across)} {shown(watch, link.values)}".strip())
    st.caption(words.STATEMENT)
    if points:
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(words.bridge_table(points), hide_index=True, width="stretch")
    export_links(link, ready=watch.status().state == DONE and bool(points))
