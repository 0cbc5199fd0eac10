"""Curves with their bands over one pair of axes, and what theory predicts of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from dissociation.web.chart.figure import Axis, FigureSpec, TraceStyle
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    look,
    number,
    scatter,
    translucent,
    uid,
    unified_title,
)

NOTHING: Trace = {"x": [], "y": [], "low": [], "high": [], "detail": ""}


def measured(figure: FigureSpec, known: Mapping[str, Trace]) -> dict[str, Trace]:
    """Those curves of a figure that have a point."""
    keys = (style.key for style in figure.traces)
    return {key: known[key] for key in keys if known.get(key, NOTHING)["x"]}


def lines_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The plot of a figure with a style a curve.

    **Arguments:**

    - `traces`: `key`, `x`, `y`, `detail`; of a band `low` and `high`; of what theory predicts
        `theory`, with `x`, `y` and `detail`.
    """
    known = by_key(traces)
    curves = measured(figure, known)
    details = {trace["detail"] for trace in curves.values()}
    # What all have in common stands in the title of what hovering says.
    shared = details.pop() if len(details) == 1 else ""
    bands, lines = [], []
    for style in figure.traces:
        trace = curves.get(style.key, NOTHING)
        line = curve_line(figure, style, trace, in_title=bool(shared))
        bands.append(curve_band(figure, style, trace))
        lines += [_zeros(figure, style, trace, line), line]
    predicted = _predicted(figure, known) if figure.theory else []
    blank = not curves and len(predicted) < 2
    return Plot([*bands, *predicted, *lines], unified_title(figure.x, shared), blank)


def curve_line(
    figure: FigureSpec, style: TraceStyle, trace: Trace, *, in_title: bool = False
) -> Trace:
    """A curve without its band; `in_title`: its detail is said elsewhere where there is room."""
    scale, name, detail = figure.scale, literal(style.name), literal(trace["detail"])
    told = [f"<b>{number(value, figure.y)}</b>" for value in trace["y"]]
    if "low" in trace:
        ends = ([number(value, figure.y) for value in trace[end]] for end in ("low", "high"))
        told = [f"{value} ({low}–{high})" for value, low, high in zip(told, *ends, strict=True)]
    return scatter(
        uid("line", style.key),
        "lines+markers",
        trace["x"],
        _drawable(figure.y, trace["y"]),
        name=name,
        line=look(figure, style),
        marker={"symbol": style.symbol, "size": 7 * scale, "color": style.color},
        hovertext=told,
        hovertemplate=_told("  ", name, "" if in_title else detail),
        legendgroup=style.key,
        compact={
            "line": {"width": 2 * scale},
            "marker": {"size": 5 * scale},
            "hovertemplate": told_alone(name, detail),
        },
    )


def _told(between: str, *words: str) -> str:
    name, detail = words
    return between.join(filter(None, (name, "%{hovertext}", detail))) + "<extra></extra>"


def told_alone(name: str, detail: str) -> str:
    """The template of what a point says where no title says its place."""
    return _told("<br>", f"<b>{name}</b> at %{{x:.3~r}}", detail)


def _drawable(axis: Axis, values: Sequence[float | None]) -> list[float | None]:
    """What an axis has no place for is left out."""
    return [None if value is None or axis.log and value <= 0 else value for value in values]


def _unnamed(style: TraceStyle, part: str, mode: str, **more: Any) -> Trace:
    """A trace that belongs to a curve, which the legend names."""
    own = {"uid": uid(part, style.key), "type": "scatter", "mode": mode}
    return {**own, "showlegend": False, "legendgroup": style.key, **more}


def curve_band(figure: FigureSpec, style: TraceStyle, trace: Trace) -> Trace:
    """The band of a curve: one closed polygon a run without a gap; a null parts them."""
    axis, none = figure.y, [None] * len(trace["x"])
    low, high = (trace.get(end, none) for end in ("low", "high"))
    # A logarithmic axis has a foot, at which it ends.
    foot = axis.low if axis.log else -float("inf")
    points = zip(_drawable(figure.x, trace["x"]), low, _drawable(axis, high), strict=True)
    x: list[float | None] = []
    y: list[float | None] = []
    for whole, run in groupby(points, lambda point: None not in point):
        if whole:
            across, down, up = zip(*run, strict=True)
            x += [*across, *across[::-1], None]
            y += [max(value, foot) for value in (*up, *down[::-1])]
            y.append(None)
    fill = {"fill": "toself", "fillcolor": translucent(style.color, 0.22), "line": {"width": 0}}
    return _unnamed(style, "band", "lines", x=x, y=y, hoverinfo="skip", **fill)


def _zeros(figure: FigureSpec, style: TraceStyle, trace: Trace, line: Trace) -> Trace:
    """Triangles at the foot of a logarithmic axis, which has no place for "no errors at all"."""
    at = [place for place, value in enumerate(trace["y"]) if value == 0 and figure.y.log]
    return _unnamed(
        style,
        "zero",
        "markers",
        x=[trace["x"][place] for place in at],
        y=[figure.y.low] * len(at),
        cliponaxis=False,
        marker={"symbol": "triangle-down-open", "size": 9, "color": style.color},
        hovertext=[line["hovertext"][place] for place in at],
        hovertemplate=line["hovertemplate"],
        compact={"hovertemplate": line["compact"]["hovertemplate"]},
    )


def _predicted(figure: FigureSpec, known: Mapping[str, Trace]) -> list[Trace]:
    """Thin dotted lines, there before anything is measured, and what the legend says of them."""
    dots = {"dash": "2px,3px", "width": 1.6 * figure.scale}
    traces = []
    for style in figure.traces:
        if (theory := known.get(style.key, {}).get("theory")) is None:
            continue
        name, detail = f"{literal(style.name)}, theory", literal(theory["detail"])
        line = _unnamed(
            style,
            "theory",
            "lines",
            x=theory["x"],
            y=_drawable(figure.y, theory["y"]),
            line={"color": style.color, **dots},
            hovertext=[f"<b>{number(value, figure.y)}</b>" for value in theory["y"]],
            hovertemplate=_told("  ", name, detail),
            compact={"hovertemplate": told_alone(name, detail)},
        )
        traces.append(line)
    # Pressed, this entry of the legend hides nothing.
    meaning = {"name": literal(figure.theory), "legendgroup": "theory", "hoverinfo": "skip"}
    grey = {"color": "#7f7f7f", **dots}
    return [*traces, scatter("theory-meaning", "lines", [], [], line=grey, **meaning)]
