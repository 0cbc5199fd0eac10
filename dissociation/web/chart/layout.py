"""What the browser is sent of a figure before it has numbers: all kinds share a layout."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from dissociation.web.chart.figure import Axis, FigureSpec, identity
from dissociation.web.chart.plotting import literal, theme

#: Kinds whose legend has an entry a group.
GROUPED = ("map", "bridge")


def outline(figure: FigureSpec) -> dict[str, Any]:
    """A figure as the browser is sent it."""
    lines = {style.group for style in figure.traces} if figure.kind in GROUPED else figure.traces
    more = {"id": identity(figure), "entries": len(lines), "layout": shared_layout(figure)}
    return {**asdict(figure), **more}


def _axis(axis: Axis) -> dict[str, Any]:
    scale = math.log10 if axis.log else float
    low, high = scale(axis.low), scale(axis.high)
    return {
        "type": "log" if axis.log else "linear",
        **({"autorange": True} if axis.auto else {"range": [low, high]}),
        "title": {"text": literal(axis.title), "standoff": 12, "compact": {"standoff": 8}},
        "tickformat": "~p" if axis.percent else "~g",
        # On logarithmic axes few enough that Plotly labels 1, 2, 5 or whole decades, without
        # overlaps.
        "nticks": 5 if axis.log else 0,
        "minor": {"ticks": "outside", "ticklen": 3, "tickcolor": theme("line")},
        "showspikes": False,
        "gridcolor": theme("grid"),
        "linecolor": theme("line"),
        "tickcolor": theme("line"),
        "showline": True,
        "ticks": "outside",
        "zeroline": False,
        "automargin": True,
        "compact": {"nticks": 4} if axis.log else {},
    }


def shared_layout(figure: FigureSpec) -> dict[str, Any]:
    """The layout that a figure's own one is merged over; the browser adds width and height."""
    scale, kept = figure.scale, figure.revision or "kept"
    compact = {"font": {"size": 12 * scale}}
    x, y = _axis(figure.x), _axis(figure.y)
    spikes = {
        "showspikes": True,
        "spikecolor": theme("quiet"),
        "spikedash": "dot",
        "spikemode": "across",
        "spikesnap": "hovered data",
        "spikethickness": 1,
    }
    return {
        "uirevision": kept,
        "selectionrevision": kept,
        "hovermode": "x unified",
        "paper_bgcolor": theme("background"),
        "plot_bgcolor": theme("background"),
        "font": {"family": theme("font"), "size": 15 * scale, "color": theme("text")},
        "margin": {"l": 8, "r": 40, "t": 8, "b": 8},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "bgcolor": "rgba(0,0,0,0)",
            "tracegroupgap": 10,
            "compact": {"tracegroupgap": 0},
        },
        "hoverlabel": {
            "bgcolor": theme("raised"),
            "bordercolor": theme("line"),
            "font": {"color": theme("text"), "size": 14 * scale},
            "compact": compact,
        },
        "modebar": {
            "orientation": "v",
            "bgcolor": "rgba(0,0,0,0)",
            "color": theme("quiet"),
            "activecolor": theme("primary"),
        },
        "xaxis": {**x, **spikes, "compact": {**x["compact"], "showspikes": False}},
        "yaxis": {**y, "zeroline": figure.zero, "zerolinecolor": theme("quiet")},
        "compact": {"hovermode": "closest", **compact},
    }
