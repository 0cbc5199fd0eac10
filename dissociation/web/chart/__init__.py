"""The live chart: one Plotly node in the browser that draws whatever a job has published so far.

The chart listens to the job's WebSocket itself, so a growing curve costs no script rerun, and it
never remounts, so zoom, hidden traces and hover survive. The same element draws the snapshots that
the script passes to it where there is no job to follow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dissociation.web.chart.figure import (
    KINDS,
    Axis,
    FigureSpec,
    PanelRow,
    Panels,
    Prediction,
    TraceStyle,
    grid,
    identity,
    revision,
)
from dissociation.web.chart.layout import outline
from dissociation.web.chart.modules import joined
from dissociation.web.chart.plotting_library import LIBRARY

__all__ = [
    "KINDS",
    "PAGE_SCRIPT",
    "SCRIPT",
    "SCRIPT_PATH",
    "Axis",
    "Events",
    "FigureSpec",
    "PanelRow",
    "Panels",
    "Prediction",
    "TraceStyle",
    "grid",
    "identity",
    "live_chart",
    "outline",
    "revision",
]


_HERE = Path(__file__).parent
#: What draws figures in a page of their own: `showCharts(shown, parent)`.
PAGE_SCRIPT = joined(_HERE / "page.js")
#: What draws all charts of the lab, and the path of its route, by which browsers may keep it.
SCRIPT = joined(_HERE / "live_chart.js")
SCRIPT_PATH = f"/api/live_chart.js?v={hashlib.sha256(SCRIPT.encode()).hexdigest()[:12]}"
# Streamlit registers this again by itself in a runtime that starts later (AppTest starts many).
# Without isolate_styles=False Plotly's hover and clicks are dead: it does not work in a shadow DOM.
_ELEMENT = st.components.v2.component(
    "dissociation_live_chart",
    js=joined(_HERE / "element.js").replace("SCRIPT_PATH", SCRIPT_PATH),
    css=(_HERE / "live_chart.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


class Events(NamedTuple):
    """What happened in the browser since the last run of the script; mostly nothing.

    - `finished`: the job has ended (done, failed or cancelled) and its last snapshot is drawn.
    - `cancel`, `retry`: the visitor pressed that button.
    - `lost`: the server no longer knows the job.
    """

    finished: bool
    cancel: bool
    retry: bool
    lost: bool


def live_chart(
    figure: FigureSpec,
    snapshot: dict,
    *,
    address: str | None,
    key: str,
    alt: str,
    on_cancel: Callable[[], None] | None = None,
    on_retry: Callable[[], None] | None = None,
    on_lost: Callable[[], None] | None = None,
    prediction: Prediction | None = None,
    on_guess: Callable[[], None] | None = None,
    second: bool = False,
    on_chosen: Callable[[], None] | None = None,
) -> Events:
    """Draws `snapshot` and then, without any rerun, what the job at `address` goes on to publish.

    All charts of a page that follow the same job share one WebSocket. Each of its messages is
    `{"version", "state", "message", "progress", "charts": {key: part}}`, and leaves out what is as
    in the message before.

    **Arguments:**

    - `figure`: axes and styles.
    - `snapshot`: the job's latest: `{"version", "state", "message", "progress"}` and this chart's
        part, see [`drawn`][dissociation.web.chart.plots.drawn]. Numbers may be `None` but not NaN,
        which JSON has no word for. `company` is how many follow the same job (1 if left
        out). There may be a `table` beneath the plot:
        `{"title", "columns", "groups": [{"name", "rows": [[cell, ...]]}], "note"}`, where a
        cell is text, or `[text, small text]`.
    - `address`: the WebSocket's path from the root of the app, or `None` if `snapshot` is all
        there will be. A job that is submitted again has a new address.
    - `key`: of the element; the same key is the same node in the browser.
    - `alt`: the chart in words, for those who cannot see it.
    - `on_cancel`, `on_retry`, `on_lost`: called before the script runs when that happened. Prefer
        them to the returned events, which are gone if that run of the script is cut short.
    - `prediction`: what is to be predicted on the chart.
    - `on_guess`: called when a prediction was handed in, which is then in the session state of
        `key` as `guess`: `{"errors": [...]}`, unchecked.
    - `on_chosen`: called when a point of a map was pressed; the key of its trace is then in the
        session state of `key` as `chosen`, unchecked.
    - `second`: another chart of the same job says how far it is.

    **Returns:**

    The [`Events`][] of this run.
    """
    json.dumps(snapshot, allow_nan=False)  # NaN would only fail in the visitor's browser
    result = _ELEMENT(
        key=key,
        data={
            "key": key,
            "figure": outline(figure),
            "snapshot": snapshot,
            "address": address,
            "alt": alt,
            "library": LIBRARY,
            "second": second,
            "prediction": None if prediction is None else asdict(prediction),
        },
        # Streamlit reports only those events that have a callback.
        on_finished_change=_nothing,
        on_cancel_change=on_cancel or _nothing,
        on_retry_change=on_retry or _nothing,
        on_lost_change=on_lost or _nothing,
        on_guess_change=on_guess or _nothing,
        on_chosen_change=on_chosen or _nothing,
        # The room has news; the script asks the room itself.
        on_room_change=_nothing,
    )
    return Events(*(bool(getattr(result, event)) for event in Events._fields))


def _nothing() -> None:
    """The script reads the event from the element's result instead."""
