"""What Plotly draws, built in Python: traces and what is particular about their layout.

The browser adds what only it knows, see `plain.js`: the theme's colours, which are named here by
[`theme`][], and the room there is. Where there is little, a dictionary's `compact` takes precedence
over the rest of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context
from html import escape
from typing import Any, NamedTuple

from dissociation.web.chart.figure import Axis, FigureSpec, TraceStyle

#: Plotly's own form of a trace, and of what it leaves open.
Trace = dict[str, Any]


class Plot(NamedTuple):
    """Traces as Plotly takes them, and what their layout adds to that of every chart.

    - `blank`: there are no numbers yet.
    - `paths`: of a map, the way that each sweep takes.
    - `walk`: what tells one walk from another, and its last step; what differs from step to step
        is `{"steps": [...]}`, or a matrix of bytes with one more axis.
    """

    traces: list[Trace]
    layout: dict[str, Any]
    blank: bool
    paths: Sequence[dict[str, Any]] = ()
    walk: dict[str, Any] | None = None


def theme(role: str) -> str:
    """A colour of the browser's theme: `text`, `quiet`, `line`, ..."""
    return f"theme:{role}"


def uid(part: str, key: str) -> str:
    """By which Plotly finds a trace again; no punctuation, because it writes it into selectors."""
    return f"{part}-" + re.sub("[^a-zA-Z0-9]", lambda sign: f"_{ord(sign[0])}", key)


def literal(text: str) -> str:
    """Text that Plotly, which reads a small HTML, shows as it stands."""
    return escape(text, quote=False)


def translucent(color: str, alpha: float) -> str:
    """A colour `#rrggbb` with an opacity."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def digits(value: float, count: int = 3) -> str:
    """A number in so many significant digits, without zeros that say nothing."""
    rounded = Context(prec=count, rounding=ROUND_HALF_UP).create_decimal_from_float(value)
    if 0 < abs(rounded) < 1e-6:
        return f"{float(rounded):g}".replace("e-0", "e-")
    return f"{rounded.normalize():f}"


def number(value: float | None, axis: Axis) -> str:
    """A value as an axis writes it, in three digits; a share says neither 0 nor 100 % of others."""
    if value is None:
        return "–"
    if not axis.percent:
        return digits(value)
    return share(value, lambda percentage, more: digits(percentage, 3 + more))


def share(value: float, write: Callable[[float, int], str]) -> str:
    """A share as a percentage that says neither 0 nor 100 of what is neither.

    **Arguments:**

    - `write`: the text of a number, with so many more digits than usual.
    """
    for more in range(4):
        text = write(100 * value, more)
        if (float(text) == 0) == (value == 0) and (float(text) == 100) == (value == 1):
            return f"{text}%"
    return "over 99.99%" if value > 0.5 else f"{digits(100 * value, 2)}%"


def unified_title(axis: Axis, detail: str = "") -> dict[str, Any]:
    """Part of a layout: the title of what hovering over all traces at once says."""
    value = "%{x:.3~p}" if axis.percent else "%{x:.3~g}"
    text = f"{literal(axis.title)}: {value}" + (f"  ·  {literal(detail)}" if detail else "")
    return {"xaxis": {"unifiedhovertitle": {"text": text}}}


def some(values: Sequence[Any]) -> Sequence[Any]:
    """Values, or one that is not drawn: without any a legend would leave its entry out."""
    return values or [None]


def scatter(uid: str, mode: str, x: Sequence[Any], y: Sequence[Any], **more: Any) -> Trace:
    """A trace of points that are joined, marked, or both."""
    return {"uid": uid, "type": "scatter", "mode": mode, "x": some(x), "y": some(y), **more}


def upright(at: float, **line: Any) -> dict[str, Any]:
    """A shape: a line from the foot to the top, at a place along the x axis."""
    own = {"color": theme("text"), "width": 1.5, **line}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at, "x1": at, "line": own}


def note(text: str, x: float, y: float, corner: str, size: float, color: str) -> dict[str, Any]:
    """An annotation whose `corner`, such as `top left`, lies at these shares of the plot."""
    yanchor, xanchor = corner.split(" ")
    where = {"xref": "paper", "yref": "paper", "x": x, "y": y}
    how = {"xanchor": xanchor, "yanchor": yanchor, "showarrow": False}
    return {"text": text, **where, **how, "font": {"size": size, "color": color}}


def plain_line(figure: FigureSpec, style: TraceStyle, x: Sequence[Any], y: Sequence[Any]) -> Trace:
    """A line without symbols."""
    name = literal(style.name)
    return scatter(
        uid("line", style.key),
        "lines",
        x,
        y,
        name=name,
        legendgroup=style.key,
        line=look(figure, style),
        text=[number(value, figure.y) for value in y],
        hovertemplate=f"{name}: %{{text}}<extra></extra>",
    )


def look(figure: FigureSpec, style: TraceStyle, width: float = 2.5) -> dict[str, Any]:
    """The line of a style."""
    return {"color": style.color, "dash": style.dash, "width": width * figure.scale}


def panel_axes(panel: int) -> tuple[str, str]:
    """What a layout calls the axes of a panel, which the browser puts where it stands."""
    suffix = str(panel + 1) if panel else ""
    return f"xaxis{suffix}", f"yaxis{suffix}"


def on_panel(panel: int) -> dict[str, str]:
    """Part of a trace: the axes of its panel."""
    return {axis[:5]: axis.replace("axis", "") for axis in panel_axes(panel)}


def panel_title(text: str, panel: int, font: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An annotation above a panel; with `y` 1 at the top of its row."""
    where = {"panel": panel, "xref": "paper", "yref": "paper", "xanchor": "left"}
    how = {"yanchor": "bottom", "showarrow": False, "font": {"color": theme("text"), **font}}
    return {"text": text, **where, **how, **more}


def digit_ticks(count: int) -> dict[str, Any]:
    """Ticks of an axis along so many images, sorted by digit: each amid its images."""
    each = count / 10
    places = [(digit + 0.5) * each - 0.5 for digit in range(10)]
    return {"tickvals": places, "ticktext": [str(digit) for digit in range(10)]}


def by_key(traces: Sequence[Trace]) -> dict[str, Trace]:
    """Traces by their keys."""
    return {trace["key"]: trace for trace in traces}
