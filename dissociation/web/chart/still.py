"""A chart as a figure of Plotly's own, for whoever has no browser to draw it in: a notebook."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dissociation.core.validation import InvalidValue
from dissociation.web.chart.figure import FigureSpec, Panels
from dissociation.web.chart.layout import shared_layout
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import Trace, panel_axes

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Those of the browser's light theme.
COLORS = {
    "text": "#222",
    "background": "#fff",
    "raised": "#f4f4f4",
    "quiet": "#666",
    "primary": "#0072b2",
    "grid": "#ddd",
    "line": "#bbb",
    "font": "sans-serif",
}
#: Pixels of width from which there is most room for panels side by side, as in the browser.
WIDE = 900


def still(figure: FigureSpec, traces: Sequence[Trace], width: int = 1000) -> go.Figure:
    """What a page draws of a figure where there is room, in the light theme, at the end of a walk.

    **Arguments:**

    - `traces`: of the figure; see [`Chart`][dissociation.web.shell.answers.Chart].
    - `width`: in pixels, at least 900.
    """
    import plotly.graph_objects as go

    plot = PLOTS[figure.kind](figure, traces)
    step = plot.walk["last"] if plot.walk else 0
    own = _filled(plot.layout, step)
    layout = {"width": width, "height": round(figure.height * math.sqrt(figure.scale))}
    shared = _filled(shared_layout(figure), 0)
    if figure.panels:
        own |= _panelled(figure.panels[-1], shared, own, width)
        del shared["xaxis"], shared["yaxis"]
    return go.Figure(
        [_filled(_drawn(trace), step) for trace in plot.traces], _merged(layout | shared, own)
    )


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{name: _merged(below.get(name), one) for name, one in above.items()}}


def _filled(value: Any, step: int) -> Any:
    """What Python leaves open for the browser, see `plain.js`, filled in."""
    if isinstance(value, str) and value.startswith("theme:"):
        return COLORS[value.removeprefix("theme:")]
    if isinstance(value, list | tuple):
        plain = not any(isinstance(one, dict) for one in value)
        return value if plain else [_filled(one, step) for one in value]
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return _rows(value, step)
    if "steps" in value:
        steps = value["steps"]
        return _trail(steps, value["trail"], step) if "trail" in value else steps[step]
    return {name: _filled(one, step) for name, one in value.items() if name != "compact"}


def _rows(matrix: Mapping[str, Any], step: int) -> np.ndarray:
    raw = np.frombuffer(base64.b64decode(matrix["bytes"]), np.uint8)
    if "stride" in matrix:
        height, width = matrix["shape"]
        # A bitmap begins with its lowest row.
        return raw.reshape(height, matrix["stride"])[::-1, :width] / 255 * matrix["largest"]
    found = raw.reshape(matrix["shape"])
    found = found[step] if found.ndim > 2 else found
    return matrix["low"] + found / 255 * (matrix["high"] - matrix["low"])


def _trail(steps: Sequence[Sequence[Any]], length: int, step: int) -> list[Any]:
    passed = steps[max(0, step - length) : step + 1]
    ways = ([*(at[thing] for at in passed), None] for thing in range(len(steps[step])))
    return [one for way in ways for one in way]


def _drawn(trace: Trace) -> Trace:
    """What the browser draws by itself, as Plotly can: bitmaps, and images as their digits."""
    if "bitmap" in trace:
        bitmap, told = trace["bitmap"], trace["hovertemplate"].replace("%{text", "%{z")
        rest = {name: one for name, one in trace.items() if name != "bitmap"}
        look = {"type": "heatmap", "colorscale": bitmap["colors"], "showscale": False}
        span = {"zmin": 0, "zmax": bitmap["largest"]}
        return {**rest, **look, **span, "z": bitmap, "hovertemplate": told}
    if trace.get("uid", "").startswith("cloud"):
        return {
            **trace,
            "mode": "text",
            "textfont": {"color": trace["marker"]["color"]},
            "marker": {},
        }
    return trace


def _panelled(
    panels: Panels, shared: Mapping[str, Any], own: Mapping[str, Any], width: int
) -> dict[str, Any]:
    """Where panels stand, as `panels.js` puts them where there is most room."""
    grown = min(panels.most, max(panels.least, width))
    heights = [row.height + row.widths * grown for row in panels.rows]
    if panels.squares:
        sides = [(1 - panels.gap * (row.columns - 1)) / row.columns for row in panels.rows]
        heights = [
            height + (width - panels.beside) * side
            for height, side in zip(heights, sides, strict=True)
        ]
    height = round(sum(heights) + panels.more)
    inner, whole = height - panels.margin, sum(heights)
    count = sum(row.panels for row in panels.rows)
    layout: dict[str, Any] = {"height": height}
    places: list[tuple[float, float, float]] = []
    above = 0.0
    for row, tall in zip(panels.rows, heights, strict=True):
        row_top = 1 - above / whole
        above += tall
        top = row_top - row.title / inner
        bottom = 1 - above / whole + panels.foot + row.below / inner
        gap = panels.gap + panels.between / (width - panels.beside)
        cell = (1 - gap * (row.columns - 1)) / row.columns
        for column in range(row.panels):
            left = column * (cell + gap)
            told = len(places) + row.columns >= count, column == 0
            x, y = panel_axes(len(places))
            for axis, domain, other, shown in (
                (x, [left, min(1, left + cell)], y, told[0]),
                (y, [max(0, bottom), top], x, told[1]),
            ):
                common = {}
                if panels.shared:
                    common = {**shared[f"{axis[0]}axis"], "title": None, "showticklabels": shown}
                given = {**common, **own.get(axis, {})}
                if labels := given.pop("labels", None):
                    size = min(given["tickfont"]["size"], (top - bottom) * height / labels)
                    given["tickfont"] = {"size": size}
                layout[axis] = {**given, "domain": domain, "anchor": other.replace("axis", "")}
            places.append((left, top, row_top))
    layout["annotations"] = [_put(note, places) for note in own["annotations"]]
    return layout


def _put(note: Mapping[str, Any], places: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    if "panel" not in note:
        return dict(note)
    left, top, row_top = places[note["panel"]]
    rest = {name: one for name, one in note.items() if name != "panel"}
    return {**rest, "x": left, "y": row_top if "y" in note else top}


def beside(figures: Sequence[go.Figure]) -> go.Figure:
    """Figures over one pair of axes each, side by side; the legend names each condition once.

    **Raises:** `InvalidValue` for figures of several panels.
    """
    from plotly.subplots import make_subplots

    if not figures or any(figure.layout.xaxis.title.text is None for figure in figures):
        raise InvalidValue("figures", len(figures), "give some that have one pair of axes each")
    joined = make_subplots(1, len(figures), horizontal_spacing=0.08)
    named: set[str] = set()
    titles: set[str] = set()
    for column, figure in enumerate(figures, 1):
        for trace in figure.data:
            again = trace.showlegend is not False and trace.name in named
            joined.add_trace(trace.update(showlegend=False) if again else trace, 1, column)
            named.add(trace.name)
        axes = {kind: figure.layout[kind].to_plotly_json() for kind in ("xaxis", "yaxis")}
        for axis in axes.values():
            axis.pop("anchor", None)
            axis.pop("domain", None)
        # What goes up is often the same, and is told at the left.
        if (title := axes["yaxis"]["title"]["text"]) in titles:
            del axes["yaxis"]["title"]
        titles.add(title)
        joined.update_xaxes(axes["xaxis"], row=1, col=column)
        joined.update_yaxes(axes["yaxis"], row=1, col=column)
    first = figures[0].layout.to_plotly_json()
    shared = {name: one for name, one in first.items() if name not in ("xaxis", "yaxis")}
    return joined.update_layout(shared)
