"""The dissociation map: across how far the function has moved, up how far the representation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dissociation.web.chart import Axis, FigureSpec, TraceStyle
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    look,
    note,
    number,
    scatter,
    theme,
    uid,
    upright,
)

#: Share of the chart's width and height within which two labels would lie over each other.
_NEAR = 0.03
#: The chart goes at least as high: what differs by less differs by rounding, on some machines.
_FLAT = 0.05
#: Room beside the points at the foot of the axis, as a share of the axis.
_FOOT = 0.05


@dataclass(frozen=True)
class Point:
    """A network on the map; `rank`: its place among the strengths of its group."""

    style: TraceStyle
    across: float
    up: float
    rank: int


@dataclass
class Group:
    """The networks of one group that are known, of `count`."""

    style: TraceStyle
    points: list[Point] = field(default_factory=list)
    count: int = 0


def groups_of(figure: FigureSpec, traces: Sequence[Trace]) -> dict[str, Group]:
    """The traces of each group, in order, with what the two axes show of their `places`."""
    known = by_key(traces)
    groups: dict[str, Group] = {}
    for style in figure.traces:
        places = known.get(style.key, {}).get("places", {})
        across, up = (places.get(name) for name in (figure.across, figure.up))
        group = groups.setdefault(style.group, Group(style))
        if across is not None and up is not None:
            group.points.append(Point(style, max(across, figure.x.low), up, group.count))
        group.count += 1
    return groups


def map_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The plot of a figure with a style a network."""
    groups = groups_of(figure, traces)
    references = groups[figure.reference].points if figure.reference in groups else []
    start = references[0] if references else None
    return Plot(
        group_traces(figure, groups),
        _layout(figure, groups, start),
        not any(group.points for group in groups.values()),
        _paths(figure, groups, start),
    )


def group_traces(figure: FigureSpec, groups: dict[str, Group]) -> list[Trace]:
    """A trace a group; the reference is drawn last, so that it is seen where others hardly move."""
    labels = _labels(figure, groups)
    rest = [name for name in groups if name != figure.reference]
    order = [*rest, *(name for name in groups if name == figure.reference)]
    return [_trace(figure, groups[name], labels.get(name, "")) for name in order]


def _size(figure: FigureSpec, point: Point) -> float:
    # Larger is stronger; networks that are held against them have one size.
    return figure.scale * (8 + 2.5 * point.rank if point.style.dash else 15)


def _trace(figure: FigureSpec, group: Group, label: str) -> Trace:
    style, points = group.style, group.points
    joined = "lines+" if len(points) > 1 and style.dash else ""
    # Of a trace without points the legend's symbol would have no size.
    sizes = [_size(figure, point) for point in points] or [figure.scale * 14]
    edge = {"width": 2.5} if "open" in style.symbol else {"color": "#ffffff", "width": 1}
    marker = {"color": style.color, "symbol": style.symbol, "opacity": 1}
    return scatter(
        uid("map", style.group),
        f"{joined}markers+text",
        [point.across for point in points],
        [point.up for point in points],
        # The reference is named first.
        legendrank=1 if style.group == figure.reference else 1000,
        name=literal(style.name),
        legendgroup=style.group,
        # Only the end of a line is labelled; the others answer to hover.
        text=[""] * (len(points) - 1) + [label] if points else [],
        # Lines run along the axes and downwards.
        textposition="top right",
        textfont={"size": figure.scale * 11},
        customdata=[point.style.key for point in points],
        hovertext=[_told(figure, point) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        line={**look(figure, style, 1.5), "dash": style.dash or "solid"},
        marker={**marker, "size": sizes, "line": edge},
    )


def _told(figure: FigureSpec, point: Point) -> str:
    lines = [
        f"<b>{literal(point.style.name)}, {literal(point.style.label)}</b>",
        f"{literal(figure.x.title)}: {number(point.across, figure.x)}",
        f"{literal(figure.y.title)}: {number(point.up, figure.y)}",
    ]
    return "<br>".join([*lines, "press to open it"] if figure.pressable else lines)


def _along(axis: Axis, value: float) -> float:
    return math.log10(value) if axis.log and value > 0 else value


def _labels(figure: FigureSpec, groups: dict[str, Group]) -> dict[str, str]:
    """What stands beside each group's last point: sweeps that end in one place share it."""

    def place(point: Point) -> tuple[float, float]:
        return _along(figure.x, point.across), _along(figure.y, point.up)

    places = [place(point) for group in groups.values() for point in group.points]
    if not places:
        return {}
    across = [x for x, _ in places]
    up = [0.0, _FLAT, *(y for _, y in places)]
    spans = [(max(values) - min(values)) or 1.0 for values in (across, up)]

    def near(one: tuple[float, float], other: tuple[float, float]) -> bool:
        pairs = zip(one, other, spans, strict=True)
        return all(abs(a - b) < _NEAR * span for a, b, span in pairs)

    ends: dict[str, tuple[tuple[float, float], list[str]]] = {}
    for name, group in groups.items():
        # The legend names the reference, which stands where most is written.
        if not group.points or name == figure.reference:
            continue
        end, label = place(group.points[-1]), literal(group.points[-1].style.label)
        shared = next((labels for other, labels in ends.values() if near(other, end)), None)
        if shared is None:
            ends[name] = end, [label]
        else:
            shared.append(label)
    return {name: ", ".join(labels) for name, (_, labels) in ends.items()}


def _layout(figure: FigureSpec, groups: dict[str, Group], start: Point | None) -> dict[str, Any]:
    x: dict[str, Any] = {"showspikes": False}
    y: dict[str, Any] = {"rangemode": "tozero"}
    if not figure.x.auto:
        # What keeps the function stands at the foot: within the plot, where it can be pressed.
        low, high = _along(figure.x, figure.x.low), _along(figure.x, figure.x.high)
        x["range"] = [low - _FOOT * (high - low), high]
    heights = [point.up for group in groups.values() for point in group.points]
    if heights and max(heights) < _FLAT:
        y |= {"autorange": False, "range": [-0.05 * _FLAT, _FLAT]}
    layout: dict[str, Any] = {"hovermode": "closest", "margin": {"r": 70}, "xaxis": x, "yaxis": y}
    if start is not None:
        line = upright(start.across, color=theme("quiet"), dash="dot", width=1)
        layout["shapes"] = [{**line, "layer": "below"}]
    layout["annotations"] = [_corner(figure, place, words) for place, words in figure.corners]
    layout["compact"] = {"annotations": []}
    return layout


def _corner(figure: FigureSpec, place: str, words: str) -> dict[str, Any]:
    text = f"<i>{literal(words)}</i>".replace("\n", "<br>", 1)
    # On the left stand the points that keep the function.
    x, y = 0.1 if "left" in place else 0.99, 0.99 if "top" in place else 0.01
    return note(text, x, y, place, figure.scale * 13, theme("quiet"))


def _paths(
    figure: FigureSpec, groups: dict[str, Group], start: Point | None
) -> list[dict[str, Any]]:
    """The way of each sweep: from the reference through its strengths, which are evenly apart."""
    paths = []
    for group in groups.values():
        if not group.style.dash:
            continue
        nodes = [_node(figure, point, group.count) for point in group.points]
        if start is not None:
            first = {"across": _along(figure.x, start.across), "up": start.up}
            nodes.insert(0, {**first, "share": 0, "size": 8, "label": ""})
        style = {name: getattr(group.style, name) for name in ("group", "color", "symbol")}
        paths.append({"style": style, "count": group.count, "nodes": nodes})
    return paths


def _node(figure: FigureSpec, point: Point, count: int) -> dict[str, Any]:
    return {
        "across": _along(figure.x, point.across),
        "up": point.up,
        "share": (point.rank + 1) / count,
        "size": _size(figure, point),
        "label": point.style.label,
    }
