"""The figures of the Phantom page, and the traces that they draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.address.links import Link
from dissociation.core.manipulations.phantom import ACTIVATIONS
from dissociation.core.phantom.study import FRAMES, PhantomResult, PhantomStudy
from dissociation.core.phantom.views import Shade, shaded
from dissociation.core.shares import percent
from dissociation.features.phantom import text
from dissociation.web import chart as lc
from dissociation.web.chart.matrices import matrix
from dissociation.web.chart.numbers import plain_numbers
from dissociation.web.chart.palette import looks
from dissociation.web.chart.plots import PLOTS
from dissociation.web.chart.plotting import (
    Plot,
    Trace,
    by_key,
    digit_ticks,
    literal,
    on_panel,
    panel_axes,
    panel_title,
    theme,
    uid,
)
from dissociation.web.shell.answers import Chart

#: Pixels beside the panels: digits, and the bar of tools; above and below them; between their rows.
_LEFT, _RIGHT, _EDGE, _GAP = 24, 36, 8, 6


def _panels(frames: int, scale: float) -> tuple[lc.Panels, ...]:
    """The three large pictures, and below them as many under noise as there is room for."""
    grids = []
    for size, across in ((12, 3), (14, 6), (14, 6)):
        large, small = (round(scale * size * lines) for lines in (1.8, 4.2))
        below = small + _GAP
        grids.append(lc.grid(3, 3, large, large) + lc.grid(frames, across, below, below))
    edges, beside = 2 * _EDGE, _LEFT + _RIGHT
    return tuple(
        lc.Panels(rows, 0.03, edges, margin=edges, beside=beside, squares=True) for rows in grids
    )


def phantom_figures(study: PhantomStudy, scale: float = 1.0) -> tuple[lc.FigureSpec, lc.FigureSpec]:
    """The pictures and the curves of a study, without their numbers."""
    color, dash, symbol = looks(study.phantom.name)
    trained = looks()
    names = {"wanted": "Asked for", "before": "Trained", "after": "With phantom"}
    large = [lc.TraceStyle(key, name, color, dash, symbol) for key, name in names.items()]
    frames = [
        lc.TraceStyle(f"frame-{number}", "", color, dash, symbol, group="frame")
        for number in range(FRAMES)
    ]
    unused = lc.Axis("", 0, 1)
    pictures = lc.FigureSpec(
        x=unused,
        y=unused,
        traces=(*large, *frames),
        filename="dissociation-phantom",
        revision=study.phantom.shown_in,
        scale=scale,
        kind="phantom",
        panels=_panels(len(frames), scale),
    )
    x = lc.Axis(study.axis, float(study.x[0]), float(study.x[-1]), log=True)
    y = lc.Axis("Correlation, or share", -0.1, 1.05)
    curves = lc.FigureSpec(
        x=x,
        y=y,
        traces=(
            lc.TraceStyle("unchanged", "Function: share of answers unchanged", *trained),
            lc.TraceStyle(
                "legibility", "Picture: correlation with what was asked for", color, dash, symbol
            ),
        ),
        filename="dissociation-phantom-noise",
        height=400,
        revision=lc.revision(x, y),
        scale=scale,
    )
    return pictures, curves


def traces(study: PhantomStudy, found: PhantomResult | None) -> list[dict[str, Any]]:
    """Two curves over the noise, and one trace a picture: `picture`, its `words`, and a `title`."""
    if found is None:
        return []
    greys = shaded(study.phantom.greys, 0.0, 1.0)
    shown = "activation" if study.phantom.shown_in == ACTIVATIONS else "similarity"
    found_traces = [
        _shade_trace("wanted", greys, "grey", ""),
        _shade_trace("before", found.before, shown, ""),
        _shade_trace("after", found.after, shown, ""),
    ]
    for number, (position, picture) in enumerate(found.frames):
        read = found.legibility[0, position]
        kept = percent(np.nanmean(found.unchanged[:, position]))
        # Without the sign that rounding leaves of what is below 0.
        legible = round(float(read), 2) + 0.0
        title = f"σ = {study.x[position]:.2g}\npicture {legible:.2f}\nanswers {kept}"
        found_traces.append(_shade_trace(f"frame-{number}", picture, shown, title))
    draws = len(found.legibility)
    for key in ("legibility", "unchanged"):
        values = getattr(found, key)
        known = np.isfinite(values).all(0) if draws else np.zeros(len(study.x), bool)
        mean, deviation = (values[:, known].mean(0), values[:, known].std(0)) if draws else ([], [])
        found_traces.append(
            {
                "key": key,
                "x": plain_numbers(study.x[known]),
                "y": plain_numbers(mean),
                "low": plain_numbers(np.subtract(mean, deviation)),
                "high": plain_numbers(np.add(mean, deviation)),
                "detail": f"{draws} draw{'' if draws == 1 else 's'} of noise",
            }
        )
    return found_traces


def _shade_trace(key: str, shade: Shade, words: str, title: str) -> dict[str, Any]:
    picture = {**matrix(shade.values), "low": shade.low, "high": shade.high}
    place = {"x": [0], "y": [0], "detail": ""}
    return {"key": key, **place, "picture": picture, "words": words, "title": title}


def phantom_plot(figure: lc.FigureSpec, traces: Sequence[Trace]) -> Plot:
    """What was asked for, both networks, and below them what noise leaves of the picture."""
    known = by_key(traces)
    layout: dict[str, Any] = {
        "hovermode": "closest",
        "margin": {"l": _LEFT, "r": _RIGHT, "t": _EDGE, "b": _EDGE},
        "annotations": [],
    }
    size = {"size": 13 * figure.scale, "compact": {"size": 11 * figure.scale}}
    low = {"size": 0.85 * 13 * figure.scale, "compact": {"size": 0.85 * 11 * figure.scale}}
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    pictures = []
    for panel, style in enumerate(figure.traces):
        trace = known.get(style.key)
        x, y = panel_axes(panel)
        layout[x] = hidden
        layout[y] = {**hidden, "color": theme("quiet"), "tickfont": low, "autorange": "reversed"}
        if trace is not None:
            pictures.append(_heat(trace, panel))
            # Images are sorted by digit; the picture that was asked for has none.
            if style.key == "before":
                layout[y] |= digit_ticks(trace["picture"]["shape"][0])
                layout[y] |= {"showticklabels": True, "compact": {"showticklabels": False}}
        told = f"<b>{literal(style.name)}</b>" if style.name else ""
        if trace is not None and trace["title"]:
            told = literal(trace["title"]).replace("\n", "<br>")
        layout["annotations"].append(panel_title(told, panel, size, align="left"))
    return Plot(pictures, layout, not pictures)


def _heat(trace: Trace, panel: int) -> Trace:
    picture = trace["picture"]
    return {
        "uid": uid("phantom", trace["key"]),
        "type": "heatmap",
        "z": picture,
        **on_panel(panel),
        "colorscale": "Cividis",
        "zmin": picture["low"],
        "zmax": picture["high"],
        "showscale": False,
        "hovertemplate": f"{literal(trace['words'])}<br>%{{z:.3g}}<extra></extra>",
    }


PLOTS.update({"phantom": phantom_plot})


def chart(link: Link, found: PhantomResult) -> Chart:
    """The pictures, and the curves below them."""
    words = f"{text.pictures_words(found.study)} {text.curves_words(found.study)}."
    return Chart(phantom_figures(found.study), traces(found.study, found), words)
