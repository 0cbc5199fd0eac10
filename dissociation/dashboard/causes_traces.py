"""The causes of fragility as the traces that the live charts of the Causes page draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissociation.core.manipulations import Scale
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES, NoiseDecompositionResult
from dissociation.core.theory.noise_sources import MATRICES, Sources
from dissociation.core.theory.trade_off import best_rescaling, best_scale, scaled_terms, split
from dissociation.dashboard.numbers import plain_numbers

#: What noise in several layers makes beyond the sum of what each makes alone.
TOGETHER = "together"
OWN, COPY, NUISANCE = "own", "copy", "nuisance"
RANKED = 30
#: Factors α at which the trade-off is drawn.
FACTORS = np.logspace(-2, 3, 51)


def scaled_by(study: NoiseDecomposition) -> tuple[float, int] | None:
    """The factor and the layer of a study whose only rewrite is scaling, `None` of others."""
    if len(study.manipulations) == 1 and isinstance(study.manipulations[0], Scale):
        return study.manipulations[0].strength, study.manipulations[0].layer
    return None


def causes_traces(
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


def line(key: str, x: Any, y: Any, detail: str = "") -> dict[str, Any]:
    """A trace without a band."""
    return {"key": key, "x": plain_numbers(x), "y": plain_numbers(y), "detail": detail}


def _share_traces(found: NoiseDecompositionResult, images: str) -> list[dict[str, Any]]:
    traces = []
    known = found.measured.samples > 0
    shares = found.measured.shares if known.any() else np.empty((len(SCALES), 4))
    for number, name in enumerate((*MATRICES, TOGETHER)):
        draws = f"{images}, {int(found.measured.samples.max()):,} draws"
        traces.append(line(name, SCALES[known], shares[known, number], draws))
    theory = found.sources.shares_at(SCALES)
    traces += [
        line(f"{name}-formula", SCALES, theory[:, number], images)
        for number, name in enumerate((*MATRICES, TOGETHER))
    ]
    return traces


def _trade_off_traces(
    study: NoiseDecomposition, found: NoiseDecompositionResult, images: str
) -> list[dict[str, Any]]:
    layer, scaled = study.layer, scaled_by(study)
    now = 1.0 if scaled is None else scaled[0]
    terms = scaled_terms(found.sources.terms, FACTORS / now, layer)
    traces = [line(f"{name}-term", FACTORS, terms[:, n], images) for n, name in enumerate(MATRICES)]
    whole = {"parts": split(found.sources, layer), "now": now}
    traces.append({**line("sum", FACTORS, terms.sum(1), images), **whole})
    factor, gain = best_scale(found.sources, layer)
    if np.isfinite(factor):
        traces.append(line("best", [factor * now], [gain], images))
    traces.append(line("now", [now], [found.sources.gain], images))
    ends = FACTORS[[0, -1]]
    traces.append(line("neurons", ends, [best_rescaling(found.sources, layer)] * 2, images))
    if found.balanced is not None:
        traces.append(line("balanced", ends, [found.balanced.gain] * 2, images))
    return traces


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
