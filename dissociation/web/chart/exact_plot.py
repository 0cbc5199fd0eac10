"""Closed forms as lines, and what was drawn beside them as points with error bars."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.web.chart.figure import FigureSpec, TraceStyle
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    look,
    number,
    scatter,
    uid,
    unified_title,
)

_NOTHING: Trace = {"x": [], "y": [], "low": [], "high": []}


def exact_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The plot of a figure whose styles of the group `drawn` have error bars.

    **Arguments:**

    - `traces`: `key`, `x`, `y`, `low`, `high`, and `words` for each point.
    """
    known = by_key(traces)
    lines = [_line(figure, style, known.get(style.key, _NOTHING)) for style in figure.traces]
    if any(style.group == "drawn" for style in figure.traces):
        for line in lines:
            if line["mode"] != "markers":
                line["mode"] = "lines"
    return Plot(lines, unified_title(figure.x), not known)


def _line(figure: FigureSpec, style: TraceStyle, trace: Trace) -> Trace:
    scale, name = figure.scale, literal(style.name)
    drawn = style.group == "drawn"
    texts = []
    for place, value in enumerate(trace["y"]):
        low, high = (number(trace[end][place], figure.y) for end in ("low", "high"))
        further = f"  {literal(trace['words'][place])}" if "words" in trace else ""
        bars = f" ({low} to {high})" if drawn else ""
        texts.append(f"<b>{number(value, figure.y)}</b>{bars}{further}")
    marker = {"symbol": style.symbol, "size": 7 * scale, "color": style.color}
    line = scatter(
        uid("line", style.key),
        "lines+markers",
        trace["x"],
        trace["y"],
        name=name,
        legendgroup=style.key,
        line=look(figure, style),
        # Lines of one place are told apart by symbols, too.
        marker={**marker, "maxdisplayed": 8},
        hovertext=texts,
        hovertemplate=f"{name}  %{{hovertext}}<extra></extra>",
        compact={
            "line": {"width": 2 * scale},
            "marker": {"size": 5 * scale},
            "hovertemplate": f"{name} at %{{x:.3~r}}  %{{hovertext}}<extra></extra>",
        },
    )
    if drawn:
        line |= {
            "mode": "markers",
            "marker": marker,
            "showlegend": False,
            "legendgroup": style.label,
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": _between(trace["y"], trace["high"]),
                "arrayminus": _between(trace["low"], trace["y"]),
                "color": style.color,
                "thickness": 1.5 * scale,
                "width": 4 * scale,
            },
        }
    return line


def _between(low: Sequence[float | None], high: Sequence[float | None]) -> list[float]:
    return [(above or 0.0) - (below or 0.0) for below, above in zip(low, high, strict=True)]
