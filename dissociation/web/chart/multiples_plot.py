"""Small multiples: one panel a condition, each beside the reference, all over the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dissociation.web.chart.figure import FigureSpec, Panels, grid
from dissociation.web.chart.lines_plot import NOTHING, curve_band, curve_line, measured
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    note,
    on_panel,
    panel_axes,
    panel_title,
    theme,
    uid,
)

#: Pixels of a panel's height, with its title.
_PANEL = 200


def multiples_panels(conditions: int, scale: float) -> tuple[Panels, ...]:
    """Where the panels of so many conditions stand, the reference among them."""
    height = _PANEL * math.sqrt(scale)
    return tuple(
        Panels(grid(conditions - 1, columns, height, 28 * scale), gap, more=90, shared=True)
        for columns, gap in ((2, 0.09), (2, 0.05), (3, 0.05))
    )


def multiples_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The plot of a figure whose first style is the reference."""
    curves = measured(figure, by_key(traces))
    reference, *panels = figure.traces
    drawn = []
    for panel, style in enumerate(panels):
        sides = (reference, "reference", reference.name), (style, "swept", figure.swept)
        for own, group, name in sides:
            trace = curves.get(own.key, NOTHING)
            band, line = curve_band(figure, own, trace), curve_line(figure, own, trace)
            line |= {"name": literal(name), "showlegend": panel == 0}
            line["hovertemplate"] = line["compact"]["hovertemplate"]
            for marker in (line["marker"], line["compact"]["marker"]):
                marker["size"] *= 0.6
            for part, made in (("band", band), ("line", line)):
                where = {**on_panel(panel), "legendgroup": group}
                drawn.append({**made, **where, "uid": uid(f"{part}{panel}", own.key)})
    return Plot(drawn, _layout(figure), not curves)


def _layout(figure: FigureSpec) -> dict[str, Any]:
    scale = figure.scale
    # One title for all: an axis of one panel is too short for it.
    size, narrow = (points * 1.15 * scale for points in (15, 12))
    title = note(literal(figure.x.title), 0.5, 0, "top center", size, theme("text"))
    title |= {"yshift": -28 * scale, "compact": {"font": {"size": narrow}}}
    font = {"size": 14 * scale, "compact": {"size": 12 * scale}}
    layout: dict[str, Any] = {"hovermode": "closest", "margin": {"b": 60 * scale}}
    titles = []
    for panel, style in enumerate(figure.traces[1:]):
        for name, axis in zip(panel_axes(panel), (figure.x, figure.y), strict=True):
            ticks = 3 if scale > 1 else 4 if axis.log else 5
            own = {"showspikes": False, "tickangle": 0, "nticks": ticks, "compact": {"nticks": 3}}
            layout[name] = own | ({"matches": name[0]} if panel else {})
        text = f"<b>{literal(style.label or style.name)}</b>"
        titles.append(panel_title(text, panel, font))
    if titles:
        layout["yaxis"]["title"] = {"text": literal(figure.y.title), "standoff": 6}
    return {**layout, "annotations": [*titles, title]}
