"""The bridge from theory to measurement: a point a network, and the laws through all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from dissociation.web.chart import FigureSpec, TraceStyle
from dissociation.web.chart.map_plot import map_plot
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    look,
    scatter,
    uid,
)

#: Decades around the reference in which labels would cover everything.
_CROWD = 0.8


def bridge_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """A map of the networks, below the laws, which are styles of the group `law`."""
    known = by_key(traces)
    laws = [style for style in figure.traces if style.group == "law"]
    points = [style for style in figure.traces if style.group != "law"]
    drawn = map_plot(replace(figure, traces=tuple(points)), traces)
    lines = [_law(figure, style, known.get(f"{style.key}-{figure.across}")) for style in laws]
    # The reference is drawn last.
    reference = drawn.traces[-1]["x"][0] if drawn.traces else None
    for trace in drawn.traces:
        trace["text"] = [
            text if _far(x, reference) else ""
            for x, text in zip(trace["x"], trace["text"], strict=False)
        ]
    x = {**drawn.layout["xaxis"], "tickformat": "", "exponentformat": "power", "dtick": 1}
    y = {**drawn.layout["yaxis"], "rangemode": "normal"}
    layout = {**drawn.layout, "shapes": [], "xaxis": x, "yaxis": y}
    return Plot([*lines, *drawn.traces], layout, drawn.blank)


def _far(x: float | None, reference: float | None) -> bool:
    return bool(x and reference and abs(math.log10(x / reference)) >= _CROWD)


def _law(figure: FigureSpec, style: TraceStyle, law: Trace | None) -> Trace:
    told = ""
    if law is not None:
        told = f": slope {law['slope']:.2f}, R² = {law['r2']:.2f}".replace("-", "−")
    return scatter(
        uid("law", style.key),
        "lines",
        [] if law is None else law["x"],
        [] if law is None else law["y"],
        name=literal(style.name) + told,
        line=look(figure, style),
        hoverinfo="skip",
        legendrank=2000,
    )


PLOTS.update({"bridge": bridge_plot})
