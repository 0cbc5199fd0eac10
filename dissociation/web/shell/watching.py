"""From a watch of the engine to an element on the page that follows it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dissociation.engine.lab import lab
from dissociation.engine.watch import Watch
from dissociation.web import chart as lc
from dissociation.web.shell.serving import routes_are_served
from dissociation.web.shell.snapshots import show, snapshot
from dissociation.web.shell.visitor import visitor

W = TypeVar("W", bound=Watch)

#: How often tables follow a running job (seconds); the chart itself follows by socket.
FOLLOW = 2.0
#: From so many visitors on, tables of each follow more rarely: all of them together as often.
CROWD = 8


def watch_for(key: str, signature: str, make: Callable[[], W]) -> W:
    """This session's watch for a chart: kept while the question is the same, else replaced."""
    slot = f"watch|{key}"
    known = st.session_state.get(slot)
    if known is not None and known[0] == signature:
        known[1].renew()
        return known[1]
    with lab().asked_by(visitor()):
        watch = make()
    if known is not None:
        # Only now, so that jobs both questions share are not dropped in between.
        lab().release(known[1])
    st.session_state[slot] = (signature, watch)
    return watch


def _start_over(key: str, watch: Watch) -> None:
    lab().release(watch)
    st.session_state.pop(f"watch|{key}", None)


def _replace_lost(key: str, watch: Watch) -> None:
    # A chart says it until the page has run. Said once more, it means the one that was replaced.
    if lab().find(watch.id) is None:
        _start_over(key, watch)


def draw_watch(
    watch: Watch,
    figure: lc.FigureSpec,
    key: str,
    alt: str,
    *,
    slot: str = "",
    prediction: lc.Prediction | None = None,
    on_guess: Callable[[], None] | None = None,
    on_chosen: Callable[[], None] | None = None,
) -> None:
    """Draws what a watch has, and lets the element follow it by socket until it is finished.

    **Arguments:**

    - `key`: of the element; `alt`: the chart in words.
    - `slot`: the key of the watch, where several elements draw the same one.
    - `prediction`, `on_guess`, `on_chosen`: see
        [`live_chart`][dissociation.web.chart.live_chart].
    """
    address = None
    if not watch.status().finished and routes_are_served():
        address = f"/api/jobs/{watch.id}"
    own = slot or key, watch
    show(watch, key, figure, first=not slot)
    lc.live_chart(
        figure,
        snapshot(watch, figure),
        address=address,
        key=key,
        alt=alt,
        on_cancel=watch.cancel,
        on_retry=functools.partial(_start_over, *own),
        on_lost=functools.partial(_replace_lost, *own),
        prediction=prediction,
        on_guess=on_guess,
        on_chosen=on_chosen,
        second=bool(slot),
    )


def follow(watch: Watch) -> float | None:
    """How often a fragment beside the chart should run again (seconds): not once all is done."""
    return None if watch.status().finished else FOLLOW * max(1.0, lab().watching / CROWD)
