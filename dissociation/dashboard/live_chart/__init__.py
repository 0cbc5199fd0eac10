"""The live chart: one Plotly node in the browser that draws whatever a job has published so far.

The chart listens to the job's WebSocket itself, so a growing curve costs no script rerun, and it
never remounts, so zoom, hidden traces and hover survive. Where the server has no such routes, the
same element draws the snapshots that the script passes to it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dissociation.errors import InvalidValue, check_choice

KINDS = ("lines", "multiples", "heatmap", "representation", "map", "phantom")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# The version makes it safe to let browsers keep the file for ever.
_LIBRARY = f"/api/plotly.min.js?v={version('plotly')}"


def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


#: What draws a figure, in a page of its own, too; then what makes it live.
DRAWING = (
    "figure.js",
    "theory.js",
    "multiples.js",
    "heatmap.js",
    "representation.js",
    "map.js",
    "phantom.js",
    "kinds.js",
)
_LIVE = (
    "server.js",
    "sketch.js",
    "room.js",
    "prediction.js",
    "sweep_player.js",
    "table.js",
    "live_chart.js",
)
_SCRIPTS = (*DRAWING, *_LIVE)
# Streamlit registers this again by itself in a runtime that starts later (AppTest starts many).
# Without isolate_styles=False Plotly's hover and clicks are dead: it does not work in a shadow DOM.
_ELEMENT = st.components.v2.component(
    "dissociation_live_chart",
    js="".join(map(_read, _SCRIPTS)),
    css=_read("live_chart.css"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Axis:
    """One axis with its fixed range.

    **Arguments:**

    - `title`: the words beside the axis.
    - `low`, `high`: its range, in the units of the data (also when `log`).
    - `log`: a logarithmic axis; `low` must then be positive. Values of 0 are shown at its foot.
    - `percent`: the values are fractions, to be written as percentages.
    - `auto`: the range follows the data instead.
    """

    title: str
    low: float
    high: float
    log: bool = False
    percent: bool = False
    auto: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise InvalidValue("Axis.high", self.high, f"give a number above low = {self.low:g}")
        if self.log and self.low <= 0:
            raise InvalidValue("Axis.low", self.low, "a logarithmic axis begins above 0")


@dataclass(frozen=True)
class TraceStyle:
    """How one condition looks: never told by colour alone, so also by its dash and its symbol.

    **Arguments:**

    - `key`: the key of its trace in the snapshots.
    - `name`: its name in legend and hover.
    - `color`: `#rrggbb`.
    - `dash`, `symbol`: Plotly's names, such as `"dashdot"` and `"diamond"`.
    - `label`: its name where there is little room, or empty for `name`.
    - `group`: on a map, the name of the line that it is a point of; of a phantom, `frame` for a
        picture under noise.
    """

    key: str
    name: str
    color: str
    dash: str
    symbol: str
    label: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.color):
            raise InvalidValue("TraceStyle.color", self.color, "write it as #rrggbb")


@dataclass(frozen=True)
class FigureSpec:
    """All of a figure but its numbers.

    **Arguments:**

    - `x`, `y`: the axes.
    - `traces`: one style a condition, in the order of the legend.
    - `filename`: of the PNG a visitor downloads, without its ending.
    - `height`: in pixels; smaller on phones.
    - `revision`: while it stays the same, the visitor's zoom and hidden traces are kept.
    - `scale`: of type, lines and symbols; above 1 for a lecture hall.
    - `zero`: whether a line marks y = 0.
    - `kind`: `lines`; `multiples`, a panel a condition, each beside the first; `heatmap`, a row a
        condition but the first; `representation`, two networks side by side; `map`, a point a
        condition; or `phantom`, a picture and what noise leaves of it.
    - `swept`: of multiples, the name in the legend of what changes; `rows`: of a heat map, the
        title of its rows; `across`, `up`: of a map, the measures on its axes; `reference`: of a
        map, the group of the network that the others are held against; `corners`: of a map, what
        a corner means, as `("top left", words)`; `pressable`: whether a point of it can be pressed.
    - `theory`: of lines, what the legend calls those predicted by theory, or empty for none.
    """

    x: Axis
    y: Axis
    traces: tuple[TraceStyle, ...]
    filename: str
    height: int = 420
    revision: str = ""
    scale: float = 1.0
    zero: bool = False
    kind: str = "lines"
    swept: str = ""
    rows: str = ""
    across: str = ""
    up: str = ""
    reference: str = ""
    corners: tuple[tuple[str, str], ...] = ()
    pressable: bool = False
    theory: str = ""

    def __post_init__(self) -> None:
        keys = [trace.key for trace in self.traces]
        if len(set(keys)) < len(keys):
            raise InvalidValue("FigureSpec.traces", keys, "each key may occur once")
        check_choice("FigureSpec.kind", self.kind, KINDS)


@dataclass(frozen=True)
class Prediction:
    """A curve that is to be predicted on the chart before it is shown.

    **Arguments:**

    - `question`: while it stays the same, what the visitor has sketched is kept.
    - `name`: of the curve.
    - `x`: places along the axis; `start`: errors at them to begin the sketch with.
    - `guess`: what was handed in, or `None`.
    - `drawing`: whether there are points to pull.
    - `words`: beside the button; `button`: on it, or empty for none; `waiting`: on it when pressed.
    - `room`: the WebSocket's path of the class's room, or `None`.
    - `revision`: the round of the room and whether it is revealed, as this page knows them.
    - `band`: whether the band of the class may be seen.
    """

    question: str
    name: str
    x: tuple[float, ...]
    start: tuple[float, ...]
    guess: tuple[float, ...] | None
    drawing: bool
    words: str
    button: str = ""
    waiting: str = "One moment…"
    room: str | None = None
    revision: str = ""
    band: bool = True


def revision(*axes: Axis) -> str:
    """The zoom is kept while the axes are the same, whatever the strengths."""
    return hashlib.sha256(repr(axes).encode()).hexdigest()[:12]


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

    **Arguments:**

    - `figure`: axes and styles.
    - `snapshot`: the job's latest, in the form its WebSocket sends too:
        `{"version", "state", "message", "progress", "traces": [{"key", "x", "y", "low", "high",
        "detail"}]}`. Numbers may be `None` but not NaN, which JSON has no word for. A message may
        leave out traces that are those of the message before. A trace may have what theory
        predicts of it, `"theory": {"x", "y", "detail"}`, before it has points. `company` is how
        many follow the same job (1 if left out). There may be a `table` beneath the plot:
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
        `key` as `guess`: `{"errors": [...], "voter": "..."}`, unchecked.
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
            "figure": asdict(figure),
            "snapshot": snapshot,
            "address": address,
            "alt": alt,
            "library": _LIBRARY,
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
