"""Measured robustness against the norms of theory: a point a network, and what ties them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.core.digests import digest
from dissociation.core.theory.bridge import Candidate
from dissociation.core.theory.norms import NetworkNorms
from dissociation.engine.bridge_watch import BridgeWatch, stored_curve
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.features.bridge import text as words
from dissociation.features.bridge.address import ALL, candidates_of
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
        candidates_of,
        lambda candidates, _: lab().watch_bridge(candidates, compute=compute),
        lambda candidates: _signature(candidates, compute),
    )
    if found is None:
        return
    link, candidates, watch = found
    values = link.values
    if not compute:
        _offer(state, candidates, watch)
    figure = bridge_figure(
        watch.candidates, watch.known, values["across"], type_scale(state.lecture)
    )
    st.fragment(_verdict, run_every=follow(watch))(watch, values["across"])
    alt = f"{figure.y.title} against {figure.x.title}, a point a network. Their table is below."
    draw_watch(watch, figure, state.page, alt)
    st.caption(words.READING)
    st.fragment(_below, run_every=follow(watch))(watch, link)


def _signature(candidates: Sequence[Candidate], compute: bool) -> str:
    plans = [
        [NetworkNorms(c.side, c.key).digest(), [e.to_json() for e in c.experiments]]
        for c in candidates
    ]
    if compute:
        return digest([plans, ALL])
    # What other pages have measured meanwhile is taken in.
    library = lab().library
    return digest([plans, [stored_curve(library, c) is not None for c in candidates]])


def _offer(state: PageState, candidates: Sequence[Candidate], watch: BridgeWatch) -> None:
    missing = sum(c.wanted for n, c in enumerate(candidates) if n not in watch.known)
    if missing and not state.hidden("compute"):
        st.button(
            f"Measure the {missing} that are missing",
            icon=":material/play_arrow:",
            on_click=state.put,
            args=("compute", ALL),
            key=f"{state.page}-measure",
            disabled=state.locked("compute"),
        )


def shown(watch: BridgeWatch, values: Values) -> str:
    """How many networks there are, in words."""
    return words.how_many(watch.candidates, list(watch.points().values()), values)


def _verdict(watch: BridgeWatch, across: str) -> None:
    finished = watch.status().finished
    if told := words.verdict(list(watch.points().values()), across, finished=finished):
        st.markdown(f"### {told}")


def _below(watch: BridgeWatch, link: Link) -> None:
    points = list(watch.points().values())
    across = link.values["across"]
    st.markdown(f"{words.furthest(points, across)} {shown(watch, link.values)}".strip())
    st.caption(words.STATEMENT)
    if points:
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(words.bridge_table(points), hide_index=True, width="stretch")
    export_links(link, ready=watch.status().state == DONE and bool(points))
