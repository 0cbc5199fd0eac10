"""The dissociation map: a point a rewrite and strength, function across, representation up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dissociation.address.links import Link
from dissociation.address.map_links import link_of
from dissociation.address.map_page import OTHERS, Point, points_of
from dissociation.address.table import Values
from dissociation.comparison import Findings
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.curve_figure import type_scale
from dissociation.dashboard.page_links import go_to
from dissociation.dashboard.palette import looks
from dissociation.dashboard.panels import guard
from dissociation.dashboard.representation_panel import PAPER
from dissociation.dashboard.state import PageState
from dissociation.dashboard.take_home.links import take_home_links
from dissociation.dashboard.watching import draw_watch, follow, watch_for
from dissociation.engine.contrast_watch import ContrastWatch
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.errors import DamagedData, InvalidValue
from dissociation.experiment import digest
from dissociation.manipulations import REGISTRY
from dissociation.measures.similarity import SIMILARITIES

#: Below this a change of function is drawn at the foot of the axis: rounding of float32.
NOTHING = 1e-6
MAP_WORDS = (
    "Each point is the trained network beside a rewrite of it; larger is stronger, a line is a "
    f"sweep. At the left edge the function is the same but for rounding (below {NOTHING:g})."
)
_OTHERS = ("Other trained networks", "#7F7F7F", "star")


def map_panel(state: PageState) -> None:
    """The map that a page's values ask for, its table, and the way from a point to its page."""
    values = state.values()
    try:
        points = points_of(values)
        contrasts = [point.contrast for point in points]
        signature = digest([contrast.digest() for contrast in contrasts])
        watch = watch_for(state.page, signature, lambda: lab().watch_contrasts(contrasts))
    except (InvalidValue, DamagedData) as problem:
        guard(problem)
        return
    assert isinstance(watch, ContrastWatch)
    chosen = f"{state.page}|chosen"
    if (number := st.session_state.pop(chosen, None)) is not None:
        go_to(link_of(points[number], values))

    def take() -> None:
        # From the browser, so whatever it may be.
        key = st.session_state[state.page].get("chosen")
        if isinstance(key, str) and key.isdecimal() and int(key) < len(points):
            st.session_state[chosen] = int(key)

    figure = map_figure(points, values, type_scale(state.lecture), pressable=True)
    alt = f"{figure.y.title} against {figure.x.title}, a point a rewrite. Their table is below."
    draw_watch(watch, figure, state.page, alt, on_chosen=take)
    st.caption(f"{MAP_WORDS} Press a point to open it. {PAPER}")
    link = Link(state.table, values)
    st.fragment(_explained, run_every=follow(watch))(watch, points, link)


def _axis(name: str) -> tuple[str, bool]:
    measure = SIMILARITIES[name]
    title = measure.label if measure.distance else f"1 − {measure.label}"
    return f"{title} ({measure.unit})" if measure.unit else title, name == "disagreement"


def map_figure(
    points: Sequence[Point], values: Values, scale: float = 1.0, *, pressable: bool = False
) -> lc.FigureSpec:
    """The figure of a page's points, without their numbers.

    **Arguments:**

    - `scale`: of type and symbols; `pressable`: whether a point can be pressed.
    """
    across, up = values["across"], values["up"]
    title, percent = _axis(across)
    x = lc.Axis(title, NOTHING, 1.0, log=True, percent=percent)
    y = lc.Axis(_axis(up)[0], 0, 1, auto=True)
    styles = []
    for number, point in enumerate(points):
        if point.group == OTHERS:
            name, color, symbol = _OTHERS
            dash = ""
        else:
            name = REGISTRY[point.group].label
            color, dash, symbol = looks(point.group)
        style = lc.TraceStyle(str(number), name, color, dash, symbol, point.label, point.group)
        styles.append(style)
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(styles),
        filename="dissociation-map",
        height=620,
        revision=lc.revision(x, y),
        scale=scale,
        kind="map",
        across=across,
        up=up,
        pressable=pressable,
    )


def map_table(points: Sequence[Point], findings: Sequence[Findings | None]) -> pd.DataFrame:
    """One row a point that has found something: its name, its strength, and all measures."""
    rows = []
    for point, found in zip(points, findings, strict=True):
        if found is None or not found.values:
            continue
        name = _OTHERS[0] if point.group == OTHERS else REGISTRY[point.group].label
        row: dict[str, Any] = {"Network": name, "Strength": point.label}
        row |= {
            SIMILARITIES[measure].label: f"{value:.4g}" for measure, value in found.values.items()
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _explained(watch: ContrastWatch, points: Sequence[Point], link: Link) -> None:
    table = map_table(points, watch.findings())
    if len(table):
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(table, hide_index=True, width="stretch")
    take_home_links(link, ready=watch.status().state == DONE)
