"""The dissociation map: a point a rewrite and strength, function across, representation up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dissociation.address.links import Link
from dissociation.address.table import Values
from dissociation.engine.jobs import DONE
from dissociation.engine.lab import lab
from dissociation.engine.study_watch import StudyWatch
from dissociation.features.map.address import Point, points_of
from dissociation.features.map.answer import ComparisonsQuestion, asked_by
from dissociation.features.map.figures import NOTHING, map_figure
from dissociation.features.map.text import (
    corner_of_another_task,
    lead,
    left_out,
    map_table,
    reading,
    statement,
)
from dissociation.features.representation.address import REPRESENTATION
from dissociation.web.chart.figure import type_scale
from dissociation.web.controls.controls import control, group, network_controls, reset_button
from dissociation.web.export.links import export_links
from dissociation.web.shell.head import head
from dissociation.web.shell.page_links import go_to
from dissociation.web.shell.question import watched_question
from dissociation.web.shell.state import PageState
from dissociation.web.shell.watching import draw_watch, follow


def draw(state: PageState) -> None:
    """The whole page: the map, its table, and the way from a point to its page."""
    with st.sidebar:
        for name in ("across", "up", "show", "landmarks", "rotation", "layer"):
            control(state, name)
        further = [name for name in state.parameters if "." in name]
        group(state, "More about the rewrites", "tune", further)
        network_controls(state)
        reset_button(state)
    head(state, "Map", lead(state["across"]))
    found = watched_question(
        state,
        lambda values: asked_by(points_of(values)),
        lambda asked, _: lab().watch_question(asked),
    )
    if found is None:
        return
    link, asked, watch = found
    values = link.values
    points = points_of(values)
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
    st.fragment(_below, run_every=follow(watch))(watch, asked, points, link)


def point_pressed(given: Any, count: int) -> int | None:
    """The position of the point that a browser says was pressed, `None` if it is none of `count`.

    **Arguments:**

    - `given`: the key of its trace, unchecked.
    """
    # Compared as texts: to read a number of thousands of digits is an error by itself.
    return next((number for number in range(count) if given == str(number)), None)


def _below(
    watch: StudyWatch, asked: ComparisonsQuestion, points: Sequence[Point], link: Link
) -> None:
    sigma50s, findings = asked.sigma50s(watch), asked.findings(watch)
    status = watch.status()
    if any(point.experiment is not None for point in points):
        for note in left_out(points, sigma50s, status.finished):
            st.caption(note)
    elif words := corner_of_another_task(points, findings, link.values["up"]):
        st.markdown(words)
    table = map_table(points, findings, sigma50s)
    if len(table):
        with st.expander("Table of values", icon=":material/table:"):
            st.dataframe(table, hide_index=True, width="stretch")
    export_links(link, ready=status.state == DONE)


def link_of(point: Point, values: Values) -> Link:
    """The Representation page of one point."""
    second = point.comparison.second
    given = {name: values[name] for name in REPRESENTATION.defaults if name in values}
    given = {**given, "tour": 0, "hide": [], "lock": []}
    given["network_b"] = second.seed + 1
    given["task_b"] = second.recipe.task
    given["rewrite"] = second.manipulations[0].name if second.manipulations else "none"
    for step in second.manipulations:
        given[step.name] = step.strength
        for field in dataclasses.fields(step):
            if f"{step.name}.{field.name}" in REPRESENTATION.defaults:
                value = getattr(step, field.name)
                given[f"{step.name}.{field.name}"] = str(value) if field.name == "layer" else value
    return Link(REPRESENTATION, {**REPRESENTATION.defaults, **given})
