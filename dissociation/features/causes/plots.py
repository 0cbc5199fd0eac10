"""Why a network breaks, drawn: its noise by layers, by factors and by neurons, and its margins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.core.shares import percent
from dissociation.web.chart import FigureSpec, TraceStyle
from dissociation.web.chart.numbers import plain_numbers
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    literal,
    look,
    note,
    number,
    plain_line,
    scatter,
    share,
    some,
    theme,
    translucent,
    uid,
    unified_title,
    upright,
)

#: Told apart without colour, too.
_FILLS = ("", "/", "x", ".")
_RIGHT = {"margin": {"r": 44}}
_NOTHING: Trace = {"x": [], "y": []}


def _line(figure: FigureSpec, style: TraceStyle, known: dict[str, Trace]) -> Trace:
    trace = known.get(style.key, _NOTHING)
    return plain_line(figure, style, trace["x"], trace["y"])


def shares_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """Stacked areas of what was sampled, or, before that, of the formula; its borders as lines."""
    known = by_key(traces)
    *areas, formula = figure.traces
    sampled = bool(known.get(areas[0].key, _NOTHING)["x"])
    drawn = []
    for place, style in enumerate(areas):
        key = style.key if sampled else f"{style.key}-formula"
        trace = known.get(key, _NOTHING)
        area = plain_line(figure, style, trace["x"], trace["y"])
        area |= {
            "uid": uid("area", style.key),
            "legendgroup": key,
            "stackgroup": "shares",
            "line": {"color": style.color, "width": 0.5},
            "fillcolor": translucent(style.color, 0.75 if sampled else 0.4),
            "fillpattern": {**_pattern(place), "size": 10, "solidity": 0.15},
        }
        drawn.append(area)
    formulas = [known.get(f"{style.key}-formula", _NOTHING) for style in areas[:3]]
    for place, border in enumerate(np.cumsum([trace["y"] for trace in formulas], axis=0)):
        # Light dashes on a dark line are seen on any colour.
        for part, line in (
            ("dark", {"color": "#222222", "width": 4 * figure.scale}),
            ("light", {"color": "#ffffff", "dash": formula.dash, "width": 2 * figure.scale}),
        ):
            x, y = formulas[0]["x"], border.tolist()
            own = scatter(f"border-{part}-{place}", "lines", x, y, line=line, hoverinfo="skip")
            drawn.append({**own, "showlegend": False})
    # In the legend a colour that is seen on any background.
    drawn.append(plain_line(figure, formula, [], []))
    shown = {known[style.key]["detail"] for style in areas if known.get(style.key, _NOTHING)["x"]}
    title = unified_title(figure.x, shown.pop() if len(shown) == 1 else "")
    shapes = [] if figure.focus is None else [upright(figure.focus, dash="dot")]
    layout = {**_RIGHT, **title, "shapes": shapes}
    return Plot(drawn, layout, not known)


def _pattern(place: int) -> dict[str, Any]:
    over = {"fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.6}
    return {"shape": _FILLS[place], **over}


def trade_off_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """What scaling would do, without and with the products of the layers' noises."""
    known = by_key(traces)
    if "sum" in known and figure.focus is not None:
        known |= _with_products(known["sum"], figure.focus)
    lines = [
        (_point if style.group == "point" else _line)(figure, style, known)
        for style in figure.traces
    ]
    layout: dict[str, Any] = {
        **_RIGHT,
        "hovermode": "closest",
        "shapes": [],
        "yaxis": {"tickformat": "", "exponentformat": "power", "dtick": 1},
    }
    if "sum" in known:
        pairs = zip(known["sum"]["x"], known["sum"]["y"], strict=True)
        # A dead network has no noise at all.
        within = [math.log10(y) for x, y in pairs if y and figure.x.low <= x <= figure.x.high]
        if within:
            # As much of the ordinates as the sum takes there, and two decades below.
            layout["yaxis"] |= {"autorange": False, "range": [min(within) - 2, max(within) + 0.1]}
    return Plot(lines, layout, not known)


def _with_products(whole: Trace, sigma: float) -> dict[str, Trace]:
    into, out, rest = whole["parts"].at(sigma)

    def gain(alpha: float) -> float:
        factor = alpha / whole["now"]
        return into / factor**2 + out * factor**2 + rest

    made = {"at": {"x": whole["x"], "y": plain_numbers([gain(alpha) for alpha in whole["x"]])}}
    if into > 0 and out > 0:
        best = whole["now"] * (into / out) ** 0.25
        made["best-at"] = {"x": plain_numbers([best]), "y": plain_numbers([gain(best)])}
    return made


def _point(figure: FigureSpec, style: TraceStyle, known: dict[str, Trace]) -> Trace:
    line = _line(figure, style, known)
    where = f" (α = {number(line['x'][0], figure.x)})" if style.key in known else ""
    name = f"{line['name']}{where}"
    marker = {"color": style.color, "symbol": style.symbol, "size": 13 * figure.scale}
    return {
        **line,
        "mode": "markers",
        "name": name,
        "marker": {**marker, "line": {"color": "#ffffff", "width": 1.5}},
        "hovertemplate": f"{name}: %{{y:.3~g}}<extra></extra>",
    }


_NO_NEURONS: Trace = {"x": [], "y": [], "neurons": [], "kinds": [], "copies": []}


def neurons_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The neurons that make most of the noise, as bars, and of what kinds they are."""
    known = by_key(traces)
    ranked = known.get(figure.across, _NO_NEURONS)
    parts = [style for style in figure.traces if style.group == "part"]
    kinds = [style for style in figure.traces if style.group == "kind"]
    top = max(ranked["y"], default=0.0)
    drawn = [_bars(style, ranked, place + 1) for place, style in enumerate(parts)]
    drawn += [_marks(figure, style, ranked, 0.04 * top) for style in kinds]
    layout = {
        **_RIGHT,
        "hovermode": "closest",
        "shapes": [],
        "barmode": "stack",
        "bargap": 0.15,
        "legend": {"traceorder": "normal"},
        "xaxis": {"showspikes": False, "showgrid": False},
        "yaxis": {"rangemode": "tozero"},
    }
    return Plot(drawn, layout, not known)


def _bars(style: TraceStyle, ranked: Trace, place: int) -> Trace:
    name = literal(style.name)
    shares = ranked.get(style.key, [])
    told = []
    for i, value in enumerate(shares):
        copies = ranked["copies"][i]
        alike = f", one of {copies} alike" if copies > 1 else ""
        neuron = f"neuron {ranked['neurons'][i]} ({ranked['kinds'][i]}{alike})"
        told.append(f"{neuron}<br>{name}: {share(value, _two_digits)} of all noise")
    return {
        "uid": uid("bar", style.key),
        "type": "bar",
        "name": name,
        "x": some(ranked["x"]),
        "y": some(shares),
        "marker": {
            "color": style.color,
            "pattern": {**_pattern(place), "size": 7, "solidity": 0.2},
        },
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _two_digits(value: float, more: int) -> str:
    return f"{value:#.{2 + more}g}".removesuffix(".")


def _marks(figure: FigureSpec, style: TraceStyle, ranked: Trace, above: float) -> Trace:
    mine = [x for x, kind in zip(ranked["x"], ranked["kinds"], strict=True) if kind == style.key]
    size = 11 * figure.scale
    return scatter(
        uid("kind", style.key),
        "markers",
        mine,
        [ranked["y"][rank - 1] + above for rank in mine],
        name=literal(style.name),
        marker={"color": style.color, "symbol": style.symbol, "size": size},
        compact={"marker": {"size": 8 * figure.scale}},
        cliponaxis=False,
        hoverinfo="skip",
    )


def margins_plot(figure: FigureSpec, traces: Sequence[Trace]) -> Plot:
    """The noise of the logits against the margins: what falls below 0 is error."""
    found = by_key(traces).get("margins")
    clean, noise, predicted, measured = figure.traces
    layout: dict[str, Any] = {
        "bargap": 0.02,
        "hovermode": "closest",
        "shapes": [upright(0)],
        "xaxis": {"showspikes": False},
        "yaxis": {"rangemode": "tozero"},
    }
    nothing = np.empty(0)
    bins = before = width = expected = seen = nothing
    if found is not None:
        place = int(np.argmin(np.abs(np.log(np.divide(found["x"], figure.focus or 1)))))
        # The outermost bins hold all that lies beyond.
        size = 2 * found["limit"] / len(found["clean"])
        bins = -found["limit"] + size * (np.arange(len(found["clean"]) - 2) + 1.5)
        before = np.asarray(found["clean"][1:-1], float)
        expected = np.asarray(found["predicted"][place], float)
        spread = found["width"][place] or np.nan
        width = size * np.exp(-0.5 * (bins / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
        if found["y"][place] is not None:
            seen = np.asarray(found["measured"][place], float)
        # A narrow noise is a spike that would press everything else to the ground.
        highest = 1.25 * float(np.nanmax([0.0, *before, *expected]))
        layout["xaxis"]["range"] = [-found["limit"], found["limit"]]
        layout["yaxis"] |= {"autorange": False, "range": [0, highest]}
        layout["annotations"] = [_told(figure, found, place)]
    below = bins <= 0
    marker = {"symbol": measured.symbol, "color": measured.color}
    curves = [
        {
            "uid": "margin-clean",
            "type": "bar",
            "name": literal(clean.name),
            "x": some(plain_numbers(bins)),
            "y": some(plain_numbers(before)),
            "marker": {"color": translucent(clean.color, 0.45)},
            "hovertemplate": _margin_words(clean),
        },
        {
            **_margin_curve(figure, predicted, bins[below], expected[below]),
            "uid": "margin-overlap",
            "name": "overlap",
            "showlegend": False,
            "fill": "tozeroy",
            "fillcolor": translucent(predicted.color, 0.35),
            "line": {"width": 0, "shape": "spline"},
            "hoverinfo": "skip",
        },
        _margin_curve(figure, noise, bins, width),
        _margin_curve(figure, predicted, bins, expected),
        {
            **_margin_curve(figure, measured, bins, seen),
            "mode": "lines+markers",
            "marker": {**marker, "size": 5 * figure.scale},
        },
    ]
    return Plot(curves, layout, found is None)


def _margin_words(style: TraceStyle) -> str:
    return f"{literal(style.name)}: %{{y:.3~p}} at margin %{{x:.3~g}}<extra></extra>"


def _margin_curve(
    figure: FigureSpec, style: TraceStyle, bins: np.ndarray, shares: np.ndarray
) -> Trace:
    return scatter(
        uid("margin", style.key),
        "lines",
        plain_numbers(bins if len(shares) else shares),
        plain_numbers(shares),
        name=literal(style.name),
        line={**look(figure, style), "shape": "spline"},
        hovertemplate=_margin_words(style),
    )


def _told(figure: FigureSpec, found: Trace, place: int) -> dict[str, Any]:
    def told(value: float | None) -> str:
        return "…" if value is None else percent(value, 1)

    words = (
        f"σ = {number(found['x'][place], figure.x)}<br>below 0:"
        f"<br>predicted <b>{told(found['overlap'][place])}</b>"
        f"<br>measured <b>{told(found['y'][place])}</b>"
    )
    return {
        **note(words, 0.01, 0.98, "top left", 15 * figure.scale, theme("text")),
        "align": "left",
        "compact": {"font": {"size": 12 * figure.scale}},
    }


PLOTS.update(
    {
        "shares": shares_plot,
        "tradeoff": trade_off_plot,
        "neurons": neurons_plot,
        "margins": margins_plot,
    }
)
