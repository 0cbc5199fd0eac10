"""A heat map of the error, strength by noise scale, with the line at which σ50 lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.web.chart import FigureSpec, TraceStyle
from dissociation.web.chart.numbers import plain_number, plain_numbers
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    number,
    scatter,
    some,
)

#: Pixels of a row.
_ROW = 44
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_LOG_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def heatmap_height(rows: int, scale: float) -> int:
    """Pixels of height, whatever the width."""
    return round(rows * _ROW * math.sqrt(scale)) + 130


def heatmap_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """A row a condition, but for the first one.

    **Arguments:**

    - `traces`: `key`, `x`, `y`, and `half_way` where it is known.
    """
    known, rows = by_key(traces), figure.traces[1:]
    found = [known.get(style.key, {}) for style in rows]
    x = sorted({place for trace in found for place in trace.get("x", ())})
    errors = [dict(zip(trace.get("x", ()), trace.get("y", ()), strict=True)) for trace in found]
    z = [[_shown(figure, row.get(place)) for place in x] for row in errors]
    ticks = _LOG_TICKS if figure.y.log else _TICKS
    places = list(range(len(rows)))
    cells: Trace = {
        "uid": "heatmap",
        "type": "heatmap",
        "x": some(_bounds(x, figure.x.log)),
        "y": places,
        "z": z if x else [[None]],
        "text": [
            [_told(figure, style, place, row.get(place)) for place in x]
            for style, row in zip(rows, errors, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "zmin": _shown(figure, figure.y.low if figure.y.log else 0.0),
        "zmax": _shown(figure, 1.0),
        # Of even lightness steps and safe for red-green-blind eyes.
        "colorscale": "Cividis",
        "ygap": 2,
        "colorbar": {
            "title": {"text": literal(figure.y.title), "side": "right"},
            "xpad": 22,  # its title ends before the bar of tools
            "tickvals": [_shown(figure, tick) for tick in ticks],
            "ticktext": [number(tick, figure.y) for tick in ticks],
            "thickness": 16,
            "outlinewidth": 0,
        },
        "compact": {"colorbar": {"xpad": 10, "thickness": 10}},
    }
    half_ways = [trace.get("half_way") for trace in found]
    return Plot([cells, _half_way(figure, half_ways)], _layout(figure), not x)


def _shown(figure: FigureSpec, error: float | None) -> float | None:
    if error is None:
        return None
    return plain_number(math.log10(max(error, figure.y.low))) if figure.y.log else error


def _told(figure: FigureSpec, style: TraceStyle, place: float, error: float | None) -> str:
    where = f"<b>{literal(style.label or style.name)}</b> at {number(place, figure.x)}"
    return f"{where}<br>error <b>{number(error, figure.y)}</b>"


def _bounds(x: Sequence[float], log: bool) -> list[float | None]:
    """Bounds of the cells around these positions, half way on the axis."""
    if len(x) < 2:
        return list(x)
    along = np.log(x) if log else np.asarray(x)
    inner = (along[1:] + along[:-1]) / 2
    ends = [2 * along[0] - inner[0], *inner, 2 * along[-1] - inner[-1]]
    return plain_numbers(np.exp(ends) if log else ends)


def _half_way(figure: FigureSpec, found: list[float | None]) -> Trace:
    edge = {"color": "#000000", "width": 2}
    return scatter(
        "half-way",
        "lines+markers",
        found,
        list(range(len(found))),
        name="σ50: error half way from clean to chance",
        line={"color": "#ffffff", "width": 3 * figure.scale},
        marker={"color": "#ffffff", "size": 11 * figure.scale, "line": edge},
        compact={"marker": {"size": 8 * figure.scale}},
        hovertemplate="σ50 = %{x:.3g}<extra></extra>",
        showlegend=False,
    )


def _layout(figure: FigureSpec) -> dict[str, Any]:
    rows = figure.traces[1:]
    return {
        "hovermode": "closest",
        "xaxis": {"showspikes": False, "showgrid": False},
        "yaxis": {
            "type": "linear",
            "autorange": False,
            "range": [-0.5, len(rows) - 0.5],
            "title": {"text": literal(figure.rows), "standoff": 8},
            "tickformat": "~g",
            "tickvals": list(range(len(rows))),
            "ticktext": [literal(style.label or style.name) for style in rows],
            "showgrid": False,
            "nticks": 0,
        },
    }
