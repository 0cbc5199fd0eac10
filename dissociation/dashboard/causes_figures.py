"""The four figures of the Causes page, without their numbers."""

from __future__ import annotations

import numpy as np

from dissociation.core.measures import ParameterNoise
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES
from dissociation.core.theory.noise_sources import MATRICES
from dissociation.dashboard import live_chart as lc
from dissociation.dashboard.causes_traces import COPY, NUISANCE, OWN, TOGETHER, scaled_by
from dissociation.dashboard.palette import COMPOSED, SOURCES, condition_style, looks

HEIGHT = 430
#: Weight matrices around each hidden layer: incoming, outgoing.
AROUND = {1: ("W1", "W2"), 2: ("W2", "W3")}


def nearest_scale(sigma: float) -> int:
    """The position of the computed noise scale that is nearest."""
    return int(np.argmin(np.abs(np.log(SCALES / sigma))))


def _source(key: str, matrix: str, name: str, group: str = "") -> lc.TraceStyle:
    return lc.TraceStyle(key, name, *SOURCES[matrix], group=group)


def _figure(
    name: str, x: lc.Axis, y: lc.Axis, traces: list[lc.TraceStyle], scale: float, **more
) -> lc.FigureSpec:
    return lc.FigureSpec(
        x=x,
        y=y,
        traces=tuple(traces),
        filename=f"dissociation-causes-{name}",
        height=HEIGHT,
        revision=lc.revision(x, y),
        scale=scale,
        kind=name,
        **more,
    )


def causes_figures(
    study: NoiseDecomposition, sigma: float, layer: int, scale: float = 1.0
) -> dict[str, lc.FigureSpec]:
    """The figures by their kinds.

    **Arguments:**

    - `sigma`: the noise scale that is looked at; `layer`: whose neurons are ranked.
    - `scale`: of type and lines.
    """
    sigma = float(SCALES[nearest_scale(sigma)])
    return {
        "shares": _shares(sigma, scale),
        "tradeoff": _trade_off(study, sigma, scale),
        "neurons": _neurons(study, layer, scale),
        "margins": _margins(study, sigma, scale),
    }


def _shares(sigma: float, scale: float) -> lc.FigureSpec:
    x = lc.Axis(ParameterNoise().noise_axis, float(SCALES[0]), float(SCALES[-1]), log=True)
    y = lc.Axis("Share of the logit noise", 0, 1, percent=True)
    styles = [_source(name, name, f"noise in {name}") for name in MATRICES]
    styles.append(_source(TOGETHER, TOGETHER, "only together"))
    styles.append(lc.TraceStyle("formula", "by the formula", "#7F7F7F", "dash", "circle"))
    return _figure("shares", x, y, styles, scale, focus=sigma)


def _trade_off(study: NoiseDecomposition, sigma: float, scale: float) -> lc.FigureSpec:
    scaled, layer = scaled_by(study), study.layer
    now = 1.0 if scaled is None else scaled[0]
    low, high = (0.05, 50.0) if scaled is None else (min(0.1, now / 3), max(100.0, 3 * now))
    of = "α of scaling" if scaled is not None else "Further factor α"
    x = lc.Axis(f"{of} on hidden layer {layer}", low, high, log=True)
    y = lc.Axis("Noise gain E‖Δlogits‖² / σ²", 1.0, 1e6, log=True, auto=True)
    powers = {1: ("α⁻²", "α²", "1"), 2: ("1", "α⁻²", "α²")}[layer]
    styles = [
        _source(f"{name}-term", name, f"{name} (∝ {power})")
        for name, power in zip(MATRICES, powers, strict=True)
    ]
    styles += [
        lc.TraceStyle("sum", "sum, for small σ", looks(COMPOSED)[0], "solid", "circle"),
        lc.TraceStyle(
            "at", f"sum at σ = {sigma:g}, with products", "#A0522D", "longdash", "circle"
        ),
        lc.TraceStyle("balanced", "trained, balanced", *looks("balance")),
        lc.TraceStyle("neurons", "every neuron at its best factor", *looks("rescale")),
        lc.TraceStyle("best", "best, for small σ", "#7F7F7F", "solid", "star", group="point"),
        lc.TraceStyle(
            "best-at", f"best at σ = {sigma:g}", "#A0522D", "solid", "star", group="point"
        ),
    ]
    color, _, symbol = _condition(study)
    styles.append(lc.TraceStyle("now", "this network", color, "solid", symbol, group="point"))
    return _figure("tradeoff", x, y, styles, scale, focus=sigma)


def _condition(study: NoiseDecomposition) -> tuple[str, str, str]:
    look = condition_style(study.manipulations)
    return look.color, look.dash, look.symbol


def _neurons(study: NoiseDecomposition, layer: int, scale: float) -> lc.FigureSpec:
    x = lc.Axis(f"Neurons of hidden layer {layer}, by rank", 0.4, 30.6)
    y = lc.Axis("Share of all logit noise", 0, 1, percent=True, auto=True)
    into, out = AROUND[layer]
    styles = [
        _source("incoming", into, f"by incoming weights ({into})", "part"),
        _source("outgoing", out, f"by outgoing weights ({out})", "part"),
    ]
    for key, name, look in (
        (OWN, "a neuron of its own", looks()),
        (COPY, "one of several alike", looks("duplicate")),
        (NUISANCE, "nuisance: effects on the output cancel", looks("nuisance")),
    ):
        styles.append(lc.TraceStyle(key, name, *look, group="kind"))
    return _figure("neurons", x, y, styles, scale, across=f"neurons{layer}")


def _margins(study: NoiseDecomposition, sigma: float, scale: float) -> lc.FigureSpec:
    x = lc.Axis("Margin: right logit minus the largest other", -1, 1, auto=True)
    y = lc.Axis("Share of images a bin", 0, 1, percent=True, auto=True)
    color, dash, symbol = _condition(study)
    styles = [
        lc.TraceStyle("clean", "without noise", looks()[0], "solid", "circle"),
        lc.TraceStyle("noise", "width of the noise (predicted)", "#7F7F7F", "dot", "circle"),
        lc.TraceStyle("predicted", "with noise, predicted", "#B58900", "longdash", "circle"),
        lc.TraceStyle("measured", "with noise, measured", color, "solid", symbol),
    ]
    return _figure("margins", x, y, styles, scale, focus=sigma)
