"""Measured robustness against the norms of theory: a point a network, and what ties them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from dissociation.address.bridge_candidates import candidates_of
from dissociation.address.bridge_page import ALL
from dissociation.address.links import Link
from dissociation.address.map_page import ROBUSTNESS
from dissociation.address.names import TRAINED
from dissociation.address.table import Values
from dissociation.core.digests import digest
from dissociation.core.manipulations import REGISTRY, describe_all
from dissociation.core.theory.bridge import Candidate
from dissociation.core.theory.norms import PREDICTORS, NetworkNorms
from dissociation.dashboard import bridge_words as words
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.bridge_traces import BEST, LINEAR, SIGMA50
from dissociation.dashboard.curve_figure import type_scale
from dissociation.dashboard.export.links import export_links
from dissociation.dashboard.palette import COMPOSED, LANDMARKS, looks
from dissociation.dashboard.question import watched_question
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import draw_watch, follow
from dissociation.engine.bridge_watch import BridgeWatch, stored_curve
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab


def bridge_panel(state: PageState) -> None:
    """The networks that a page's values ask for."""
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


def _group(candidate: Candidate) -> str:
    steps = candidate.side.manipulations
    if not steps:
        return TRAINED
    return steps[0].name if len(steps) == 1 else COMPOSED


def _style(number: int, candidate: Candidate) -> lc.TraceStyle:
    steps, group = candidate.side.manipulations, _group(candidate)
    if group == TRAINED:
        color, symbol = LANDMARKS[TRAINED]
        return lc.TraceStyle(str(number), "Trained", color, "", symbol, "as it is", TRAINED)
    color, dash, symbol = looks(group)
    if group == COMPOSED:
        return lc.TraceStyle(
            str(number), "In sequence", color, dash, symbol, describe_all(steps), group
        )
    step = steps[0]
    name, label = REGISTRY[group].label, step.describe_strength()
    if step.layer != type(step)().layer:  # type: ignore[call-arg]
        # A line joins strengths of one layer.
        name, group = f"{name}, layer {step.layer}", f"{group}-{step.layer}"
        symbol = f"{symbol}-open"
    return lc.TraceStyle(str(number), name, color, dash, symbol, label, group)


def bridge_figure(
    candidates: Sequence[Candidate], known: Collection[int], across: str, scale: float = 1.0
) -> lc.FigureSpec:
    """The figure of these networks, without their numbers.

    **Arguments:**

    - `known`: positions of those that are shown; `across`: the name of a predictor.
    """
    predictor = PREDICTORS[across]
    title = f"{predictor.label} {predictor.formula.split(' = ')[0]}"
    measure = ROBUSTNESS["parameter_noise"]
    x = lc.Axis(title, 1.0, 1e6, log=True, auto=True)
    high = measure.noise_high
    y = lc.Axis("Measured σ50 (weight units)", measure.noise_low, high, log=True, auto=True)
    styles = [_style(number, candidates[number]) for number in sorted(known)]
    styles.append(lc.TraceStyle(BEST, "Best power law", "#7F7F7F", "solid", "circle", "", "law"))
    if predictor.slope is not None:
        linear = ("Linear law", "#D0344E", "dash", "circle", "", "law")
        styles.append(lc.TraceStyle(LINEAR, *linear))
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(styles),
        filename="dissociation-bridge",
        height=620,
        revision=lc.revision(x, y),
        scale=scale,
        kind="bridge",
        across=across,
        up=SIGMA50,
        reference=TRAINED,
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
