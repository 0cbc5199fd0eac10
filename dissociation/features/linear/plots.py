"""Linear networks, drawn: along a walk, and what each measure says of every pair of families."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissociation.web.chart import FigureSpec, TraceStyle
from dissociation.web.chart.palette import DIGITS, SYMBOLS
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    digits,
    literal,
    on_panel,
    panel_axes,
    panel_title,
    scatter,
    theme,
    uid,
)

#: Words of the axes of a matrix.
_AXES = {
    "w1": ("input", "hidden neuron"),
    "w2": ("hidden neuron", "output"),
    "similarity": ("item", "item"),
    "outputs": ("item", "output"),
}
#: Two hues that red-green-blind eyes tell apart, white at 0.
_HUES = ("#B35806", "#F1A340", "#F7F7F7", "#998EC3", "#542788")
_DIVERGING = [[place / 4, color] for place, color in enumerate(_HUES)]
#: Steps that are seen behind an item.
_TRAIL = 8


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


def walk_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """Weights, hidden layer, outputs and loss, all at one step.

    **Arguments:**

    - `traces`: see [`walk_traces`][dissociation.features.linear.figures.walk_traces].
    """
    known = by_key(traces)
    layout: dict[str, Any] = {"hovermode": "closest", "annotations": []}
    if not known:
        return Plot([], layout, blank=True)
    sizes = 14 * figure.scale, 11 * figure.scale
    margin, narrow = ({"l": size * 2.4, "b": size * 1.8} for size in sizes)
    layout["margin"] = {**margin, "r": 36, "t": 0, "compact": narrow}
    wide, small = ({"size": size * 0.8} for size in sizes)
    axis = {"color": theme("quiet"), "tickfont": {**wide, "compact": small}, "nticks": 4}
    axis |= {"showgrid": False, "zeroline": False}
    drawn = []
    for panel, style in enumerate(figure.traces):
        draw = {"embedding": _items, "loss": _loss}.get(style.key, _weights)
        own, *ranges = draw(figure, style, known[style.key])
        drawn += [{**trace, **on_panel(panel)} for trace in own]
        for name, range_ in zip(panel_axes(panel), ranges, strict=True):
            layout[name] = {**axis, "showticklabels": True, **range_}
        layout["annotations"].append(_title(style, known[style.key], panel, sizes))
    loss = known["loss"]
    return Plot(drawn, layout, False, walk={"name": loss["walk"], "last": len(loss["y"]) - 1})


def _title(style: TraceStyle, trace: Trace, panel: int, sizes: tuple[float, float]) -> Trace:
    """The name of a panel, and how far it is from where the walk began."""
    said = [literal(trace["detail"])]
    if moved := trace.get("moved"):
        ways = (digits(v, 1) if v < 1e-6 else f"{digits(100 * v, 2)} %" for v in moved)
        said = [f"moved by {way}" for way in ways]

    def told(name: str, size: float) -> dict[str, Any]:
        texts = [f"<b>{literal(name)}</b><br>{second}" for second in said]
        text: Any = {"steps": texts} if moved else texts[0]
        return {"text": text, "font": {"size": size, "color": theme("text")}}

    wide, compact = told(style.name, sizes[0]), told(style.label or style.name, sizes[1])
    return {**panel_title("", panel, {}, align="left"), **wide, "compact": compact}


Panel = tuple[list[Trace], dict[str, Any], dict[str, Any]]


def _weights(figure: FigureSpec, style: TraceStyle, trace: Trace) -> Panel:
    """A matrix at each step, and what is particular about the two axes of its panel."""
    across, up = _AXES[style.key]
    limit = trace["limit"]
    # Byte 127 stands for 0, 254 for the limit.
    frames = {**trace["frames"], "low": -limit, "high": limit * 128 / 127}
    heat = {
        "uid": uid("walk", style.key),
        "type": "heatmap",
        "z": frames,
        "colorscale": _DIVERGING,
        "zmin": -limit,
        "zmax": limit,
        "showscale": False,
        "hovertemplate": f"{up} %{{y}}, {across} %{{x}}<br>%{{z:.3g}}<extra></extra>",
    }
    return [heat], {}, {"autorange": "reversed"}


def _items(figure: FigureSpec, style: TraceStyle, trace: Trace) -> Panel:
    """Each item where it is, and faintly where it was a few steps ago."""
    across, up = ({"steps": trace[name]} for name in ("across", "up"))
    line = {"color": "#7F7F7F", "width": figure.scale}
    trail = {"type": "scatter", "showlegend": False, "uid": "walk-trail", "mode": "lines"}
    trail |= {"line": line, "opacity": 0.6, "hoverinfo": "skip"}
    trail |= {"x": {**across, "trail": _TRAIL}, "y": {**up, "trail": _TRAIL}}
    cloud = {
        "type": "scatter",
        "showlegend": False,
        "uid": "walk-cloud",
        "mode": "markers",
        "x": across,
        "y": up,
        "text": trace["names"],
        "marker": {
            "size": 9 * figure.scale,
            "color": [DIGITS[group % len(DIGITS)] for group in trace["groups"]],
            "symbol": [SYMBOLS[group % len(SYMBOLS)] for group in trace["groups"]],
            "line": {"color": "#ffffff", "width": 1},
        },
        "hovertemplate": "%{text}<extra></extra>",
    }
    ends = {"range": [1.1 * end for end in trace["range"]], "showticklabels": False}
    return [trail, cloud], ends, ends


def _loss(figure: FigureSpec, style: TraceStyle, trace: Trace) -> Panel:
    """The loss, beside that of outputs which are all 0."""
    scale, y, silent = figure.scale, trace["y"], trace["silent"]
    last = len(y) - 1
    dashes = {"color": "#7F7F7F", "dash": "dash", "width": 1.5 * scale}
    told = "loss if every output were 0: %{y:.3g}<extra></extra>"
    now = {"size": 11 * scale, "line": {"color": "#ffffff", "width": 1.5}, "color": style.color}
    lines = [
        scatter("walk-silent", "lines", [0, last], [silent] * 2, line=dashes, hovertemplate=told),
        scatter(
            "walk-loss",
            "lines",
            list(range(last + 1)),
            y,
            line={"color": style.color, "width": 2.5 * scale},
            hovertemplate="step %{x}<br>loss %{y:.3g}<extra></extra>",
            cliponaxis=False,
        ),
        {
            **scatter("walk-now", "markers", [], [], marker=now, hoverinfo="skip"),
            "x": {"steps": [[step] for step in range(last + 1)]},
            "y": {"steps": [[value] for value in y]},
            "cliponaxis": False,
        },
    ]
    foot = {"range": [0, silent * 1.1], "showline": True, "linecolor": theme("line")}
    shown = [{**line, "showlegend": False} for line in lines]
    return shown, {"range": [0, max(1, last)]}, foot


PLOTS.update({"pairs": pairs_plot, "walk": walk_plot})
