"""The dissociation map: a point a rewrite and strength, function across, representation up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dissociation.address.links import Link
from dissociation.address.map_links import link_of
from dissociation.address.map_page import ROBUSTNESS, Point, points_of
from dissociation.address.names import TRAINED
from dissociation.address.table import Values
from dissociation.core.digests import digest
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import ComparisonResult
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.curve_figure import type_scale
from dissociation.dashboard.export.links import export_links
from dissociation.dashboard.map_words import (
    CORNERS,
    CORNERS_OF_ROBUSTNESS,
    corner_of_another_task,
    group_name,
    left_out,
    reading,
    statement,
)
from dissociation.dashboard.page_links import go_to
from dissociation.dashboard.palette import LANDMARKS, looks
from dissociation.dashboard.question import watched_question
from dissociation.dashboard.state import PageState
from dissociation.dashboard.watching import draw_watch, follow
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.engine.map_watch import MapWatch

#: Below this a change of function is drawn at the foot of the axis: rounding of float32.
NOTHING = 1e-6


def map_panel(state: PageState) -> None:
    """The map that a page's values ask for, its table, and the way from a point to its page."""
    found = watched_question(state, points_of, lambda points, _: _watch(points), _signature)
    if found is None:
        return
    link, points, watch = found
    values = link.values
    chosen = f"{state.page}|chosen"
    if (number := st.session_state.pop(chosen, None)) is not None:
        go_to(link_of(points[number], values))

    def take() -> None:
        number = point_pressed(st.session_state[state.page].get("chosen"), len(points))
        if number is not None:
            st.session_state[chosen] = number

    figure = map_figure(points, values, type_scale(state.lecture), pressable=True)
    alt = f"{figure.y.title} against {figure.x.title}, a point a network. Their table is below."
    draw_watch(watch, figure, state.page, alt, on_chosen=take)
    words = f"{reading(values['across'], NOTHING)} Press a point to open it."
    st.caption(f"{words} {statement(values['across'])}")
    st.fragment(_below, run_every=follow(watch))(watch, points, link)


def point_pressed(given: Any, count: int) -> int | None:
    """The position of the point that a browser says was pressed, `None` if it is none of `count`.

    **Arguments:**

    - `given`: the key of its trace, unchecked.
    """
    # Compared as texts: to read a number of thousands of digits is an error by itself.
    return next((number for number in range(count) if given == str(number)), None)


def _signature(points: Sequence[Point]) -> str:
    plans = [point.experiment and point.experiment.to_json() for point in points]
    return digest([[point.comparison.digest() for point in points], plans])


def _watch(points: Sequence[Point]) -> MapWatch:
    experiments = [point.experiment for point in points]
    return lab().watch_map([point.comparison for point in points], experiments)


def _axes(across: str, up: str) -> tuple[lc.Axis, lc.Axis]:
    y = lc.Axis(_title(up), 0, 1, auto=True)
    if across in ROBUSTNESS:
        measure = ROBUSTNESS[across]
        title = measure.noise_axis.replace("σ", "σ50")
        low, high = measure.noise_low, measure.noise_high
        return lc.Axis(title, low, high, log=True, auto=True), y
    # Outputs can move further than their size; answers and distributions cannot.
    high = 10.0 if across == "logit_change" else 1.0
    percent = across == "disagreement"
    return lc.Axis(_title(across), NOTHING, high, log=True, percent=percent), y


def _title(name: str) -> str:
    measure = SIMILARITIES[name]
    title = measure.label if measure.distance else f"1 − {measure.label}"
    return f"{title} ({measure.unit})" if measure.unit else title


def map_figure(
    points: Sequence[Point], values: Values, scale: float = 1.0, *, pressable: bool = False
) -> lc.FigureSpec:
    """The figure of a page's points, without their numbers.

    **Arguments:**

    - `scale`: of type and symbols; `pressable`: whether a point can be pressed.
    """
    x, y = _axes(values["across"], values["up"])
    styles = []
    for number, point in enumerate(points):
        if values["across"] in ROBUSTNESS and point.experiment is None:
            continue
        if point.group in LANDMARKS:
            color, symbol = LANDMARKS[point.group]
            dash = ""
        else:
            color, dash, symbol = looks(point.group)
        look = (group_name(point), color, dash, symbol, point.label, point.group)
        styles.append(lc.TraceStyle(str(number), *look))
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(styles),
        filename="dissociation-map",
        height=620,
        revision=lc.revision(x, y),
        scale=scale,
        kind="map",
        across=values["across"],
        up=values["up"],
        reference=TRAINED,
        corners=CORNERS_OF_ROBUSTNESS if x.auto else CORNERS,
        pressable=pressable,
    )


def _below(watch: MapWatch, points: Sequence[Point], link: Link) -> None:
    sigma50s, findings = watch.sigma50s(), watch.comparisons.results()
    status = watch.status()
    if watch.curves:
        for note in left_out(points, sigma50s, status.finished):
            st.caption(note)
    elif words := corner_of_another_task(points, findings, link.values["up"]):
        st.markdown(words)
    table = map_table(points, findings, sigma50s)
    if len(table):
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(table, hide_index=True, width="stretch")
    export_links(link, ready=status.state == DONE)


def map_table(
    points: Sequence[Point], findings: Sequence[ComparisonResult | None], sigma50s: Sequence[float]
) -> pd.DataFrame:
    """One row a point that has found something: its name, its strength, and all measures.

    **Arguments:**

    - `sigma50s`: σ50 of each point, NaN where there is none.
    """
    robust = any(point.experiment is not None for point in points)
    rows = []
    for point, found, sigma50 in zip(points, findings, sigma50s, strict=True):
        if found is None or not found.values:
            continue
        row: dict[str, Any] = {"Network": group_name(point), "Strength": point.label}
        if robust:
            row["σ50"] = "" if math.isnan(sigma50) else f"{sigma50:.4g}"
        row |= {
            SIMILARITIES[measure].label: "undefined" if math.isnan(value) else f"{value:.4g}"
            for measure, value in found.values.items()
        }
        rows.append(row)
    return pd.DataFrame(rows)
