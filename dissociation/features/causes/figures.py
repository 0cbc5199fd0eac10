"""The four figures of the Causes page, and the traces that they draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissociation.address.links import Link
from dissociation.core.manipulations import Scale, describe_all
from dissociation.core.measures import ParameterNoise
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES, NoiseDecompositionResult
from dissociation.core.theory.noise_sources import MATRICES, Sources
from dissociation.core.theory.trade_off import best_rescaling, best_scale, scaled_terms, split
from dissociation.features.causes import plots as plots
from dissociation.features.causes.address import ranked_layer
from dissociation.web import chart as lc
from dissociation.web.chart.numbers import line, plain_numbers
from dissociation.web.chart.palette import COMPOSED, SOURCES, condition_style, looks
from dissociation.web.shell.answers import Chart
from dissociation.web.shell.state import plain

#: What noise in several layers makes beyond the sum of what each makes alone.
TOGETHER = "together"
OWN, COPY, NUISANCE = "own", "copy", "nuisance"
RANKED = 30
#: Factors α at which the trade-off is drawn.
FACTORS = np.logspace(-2, 3, 51)
HEIGHT = 430
#: Weight matrices around each hidden layer: incoming, outgoing.
AROUND = {1: ("W1", "W2"), 2: ("W2", "W3")}


def nearest_scale(sigma: float) -> int:
    """The position of the computed noise scale that is nearest."""
    return int(np.argmin(np.abs(np.log(SCALES / sigma))))


def _source(key: str, matrix: str, name: str, group: str = "") -> lc.TraceStyle:
    return lc.TraceStyle(key, name, *SOURCES[matrix], group=group)


def _figure(
    name: str, x: lc.Axis, y: lc.Axis, traces: list[lc.TraceStyle], scale: float, **more: Any
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


def scaled_by(study: NoiseDecomposition) -> tuple[float, int] | None:
    """The factor and the layer of a study whose only rewrite is scaling, `None` of others."""
    if len(study.manipulations) == 1 and isinstance(study.manipulations[0], Scale):
        return study.manipulations[0].strength, study.manipulations[0].layer
    return None


def traces(
    study: NoiseDecomposition, found: NoiseDecompositionResult | None
) -> list[dict[str, Any]]:
    """All traces: shares of the layers, the trade-off, ranked neurons, and margins."""
    if found is None:
        return []
    images = f"{found.sources.images:,} images"
    return [
        *_share_traces(found, images),
        *_trade_off_traces(study, found, images),
        *(_neuron_trace(found, layer, images) for layer in (1, 2)),
        _margin_trace(found, images),
    ]


def _share_traces(found: NoiseDecompositionResult, images: str) -> list[dict[str, Any]]:
    found_traces = []
    known = found.measured.samples > 0
    shares = found.measured.shares if known.any() else np.empty((len(SCALES), 4))
    for number, name in enumerate((*MATRICES, TOGETHER)):
        draws = f"{images}, {int(found.measured.samples.max()):,} draws"
        found_traces.append(line(name, SCALES[known], shares[known, number], draws))
    theory = found.sources.shares_at(SCALES)
    found_traces += [
        line(f"{name}-formula", SCALES, theory[:, number], images)
        for number, name in enumerate((*MATRICES, TOGETHER))
    ]
    return found_traces


def _trade_off_traces(
    study: NoiseDecomposition, found: NoiseDecompositionResult, images: str
) -> list[dict[str, Any]]:
    layer, scaled = study.layer, scaled_by(study)
    now = 1.0 if scaled is None else scaled[0]
    terms = scaled_terms(found.sources.terms, FACTORS / now, layer)
    found_traces = [
        line(f"{name}-term", FACTORS, terms[:, n], images) for n, name in enumerate(MATRICES)
    ]
    whole = {"parts": split(found.sources, layer), "now": now}
    found_traces.append({**line("sum", FACTORS, terms.sum(1), images), **whole})
    factor, gain = best_scale(found.sources, layer)
    if np.isfinite(factor):
        found_traces.append(line("best", [factor * now], [gain], images))
    found_traces.append(line("now", [now], [found.sources.gain], images))
    ends = FACTORS[[0, -1]]
    found_traces.append(line("neurons", ends, [best_rescaling(found.sources, layer)] * 2, images))
    if found.balanced is not None:
        found_traces.append(line("balanced", ends, [found.balanced.gain] * 2, images))
    return found_traces


def kind_names(found: NoiseDecompositionResult, layer: int) -> np.ndarray:
    """`(hidden,)` whether each neuron of a layer is one of its own, a copy, or nuisance."""
    kinds = found.kinds[layer - 1]
    names = np.where(kinds.copies > 1, COPY, OWN)
    return np.where(kinds.contributes, names, NUISANCE)


def neuron_shares(sources: Sources, layer: int) -> np.ndarray:
    """`(hidden, 2)` of all noise, by the incoming and by the outgoing weights of each neuron."""
    both = np.column_stack([sources.incoming[layer - 1], sources.outgoing[layer - 1]])
    return both / sources.gain if sources.gain > 0 else 0 * both


def _neuron_trace(found: NoiseDecompositionResult, layer: int, images: str) -> dict[str, Any]:
    shares = neuron_shares(found.sources, layer)
    order = np.argsort(-shares.sum(1), kind="stable")[:RANKED]
    names, copies = kind_names(found, layer), found.kinds[layer - 1].copies
    return {
        "key": f"neurons{layer}",
        "x": list(range(1, len(order) + 1)),
        "y": plain_numbers(shares[order].sum(1)),
        "incoming": plain_numbers(shares[order, 0]),
        "outgoing": plain_numbers(shares[order, 1]),
        "neurons": [int(neuron) + 1 for neuron in order],
        "kinds": names[order].tolist(),
        "copies": copies[order].tolist(),
        "detail": images,
    }


def _margin_trace(found: NoiseDecompositionResult, images: str) -> dict[str, Any]:
    predicted, measured = found.predicted, found.measured
    counts = np.where(measured.samples > 0, measured.samples, 1)
    return {
        "key": "margins",
        "x": plain_numbers(SCALES),
        "y": plain_numbers(measured.errors),
        "detail": images,
        "limit": predicted.limit,
        "width": plain_numbers(predicted.width),
        "clean": plain_numbers(predicted.clean),
        # The outermost bins hold all that lies beyond.
        "predicted": predicted.margins[:, 1:-1].tolist(),
        "measured": (measured.margins[:, 1:-1] / counts[:, None]).tolist(),
        "overlap": plain_numbers(predicted.errors),
    }


def alt(study: NoiseDecomposition, name: str) -> str:
    """A chart in words, for those who cannot see it."""
    of = plain(describe_all(study.manipulations))
    words = {
        "shares": "Share of the logit noise by layer against the noise scale",
        "tradeoff": "Noise gain against a factor on the hidden layer",
        "neurons": "The thirty neurons that carry most of the logit noise",
        "margins": "Distribution of the margins with and without noise",
    }
    return f"{words[name]}, for: {of}. Values are in the table below."


def chart(link: Link, found: NoiseDecompositionResult) -> Chart:
    """All four charts."""
    study, sigma = found.study, link.values["sigma"]
    figures = causes_figures(study, sigma, ranked_layer(link.values, study))
    told = " ".join(alt(study, name) for name in figures)
    return Chart(tuple(figures.values()), traces(study, found), told)
