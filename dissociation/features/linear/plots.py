"""Linear networks, drawn: what each measure says of every pair of families."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissociation.web.chart import FigureSpec
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    on_panel,
    panel_axes,
    panel_title,
    theme,
    uid,
)


def pairs_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """Small tables of numbers as pictures.

    **Arguments:**

    - `traces`: `names` of rows and columns, and in rows `mean`, `words` for it, and `ranges`.
    """
    known = by_key(traces)
    tables = [
        _table(figure, known[style.key], panel)
        for panel, style in enumerate(figure.traces)
        if style.key in known
    ]
    layout: dict[str, Any] = {
        "hovermode": "closest",
        "margin": {"l": 62 * figure.scale, "r": 36, "t": 0, "b": 0},
        "annotations": [],
    }
    size = {"size": 14 * figure.scale, "compact": {"size": 12 * figure.scale}}
    plain = {"showgrid": False, "zeroline": False, "ticks": ""}
    axis = {"color": theme("text"), "tickfont": size, "type": "category", **plain}
    for panel, style in enumerate(figure.traces):
        x, y = panel_axes(panel)
        layout |= {x: {**axis, "side": "top"}, y: {**axis, "autorange": "reversed"}}
        text = f"<b>{literal(style.name)}</b>"
        title = panel_title(text, panel, size, y=1, yanchor="top", yshift=-4)
        layout["annotations"].append(title)
    return Plot(tables, layout, not tables)


def _table(figure: FigureSpec, trace: Trace, panel: int) -> Trace:
    return {
        "uid": uid("pairs", trace["key"]),
        "type": "heatmap",
        "x": trace["names"],
        "y": trace["names"],
        "z": trace["mean"],
        "text": trace["words"],
        "texttemplate": "%{text}",
        "textfont": {"size": 14 * figure.scale},
        "customdata": trace["ranges"],
        **on_panel(panel),
        "colorscale": "Cividis",
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hovertemplate": "%{y} to %{x}: mean %{text}<br>%{customdata}<extra></extra>",
    }


PLOTS.update({"pairs": pairs_plot})
