"""What the Causes page says of its charts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from dissociation.address.links import Link
from dissociation.core.manipulations import describe_all
from dissociation.core.shares import percent, percents
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES, NoiseDecompositionResult
from dissociation.core.theory.noise_sources import MATRICES
from dissociation.core.theory.trade_off import best_rescaling, best_scale
from dissociation.features.causes.address import ranked_layer
from dissociation.features.causes.figures import (
    AROUND,
    COPY,
    NUISANCE,
    OWN,
    RANKED,
    kind_names,
    nearest_scale,
    neuron_shares,
    scaled_by,
)
from dissociation.web.export.html import bullets, paragraph, settings, table
from dissociation.web.shell.answers import Report
from dissociation.web.shell.state import plain

#: Up to this share the small-noise formula counts as right.
NEAR = 0.1
#: Neurons that a report lists.
LISTED = 30
PAPER = (
    "For linear networks these terms are exact (Braun, Grant & Saxe, ICML 2025): noise on a layer "
    "counts by the squared size of what comes in, ‖h‖², and of what reads it out, ‖W‖². Here they "
    "are taken image by image with the neurons that are active on it, which is exact for small σ."
)
SHARES = (
    "Areas: ‖Δlogits‖² with noise in one layer at a time, as shares of that with noise in all; "
    "“only together” is what no layer makes alone. Noise is drawn afresh for every image. Lines: "
    "the formula E‖Δlogits‖² = σ² (‖x‖²‖W3 D2 W2 D1‖² + ‖h1‖² Σ‖W3[:, j]‖² + 10 ‖h2‖²) + the "
    "products of the layers' noises (σ⁴ and σ⁶), with the neurons that are active without noise."
)
TRADE_OFF = (
    "Scaling a hidden layer by α makes noise on its incoming weights count α⁻² and noise on its "
    "outgoing weights α²: the sum has a minimum where both are equal. “Every neuron at its best "
    "factor” is the least that rescaling can reach, neuron by neuron, for small σ."
)
NEURONS = (
    "The neurons that most of the noise passes, by the noise on the weights that enter and that "
    "leave them (small-noise formula)."
)
MARGINS = (
    "Noise moves the margins; what falls below 0 is error. Predicted: margins of logits with the "
    "mean and the noise that theory tells for each image, as on the Robustness page. Shaded: their "
    "part below 0, the overlap."
)


def verdict(study: NoiseDecomposition, found: NoiseDecompositionResult) -> str:
    """Which layer most of the noise comes from."""
    shares = percents(found.sources.shares)
    first = int(np.argmax(found.sources.shares))
    rest = " and ".join(f"{shares[n]} in {name}" for n, name in enumerate(MATRICES) if n != first)
    name = plain(describe_all(study.manipulations))
    return f"{name}: {shares[first]} of the logits' noise begins in {MATRICES[first]}, {rest}."


def same_function(found: NoiseDecompositionResult) -> str:
    """Whether the rewritten network does what the trained one does; empty until it is known."""
    if found.trained is None:
        return ""
    images = f"{found.trained.images:,} images"
    answers = "No answer" if found.changed == 0 else f"{found.changed:,} answers"
    return (
        f"{answers} changed on {images} by the rewrite (largest logit change "
        f"{found.logit_change:.1e} of the largest logit)."
    )


def how_fragile(found: NoiseDecompositionResult) -> str:
    """How much noise the network lets through beside the trained one; empty until known."""
    if found.trained is None or found.balanced is None or not found.trained.gain > 0:
        return ""
    times, balanced = (s.gain / found.trained.gain for s in (found.sources, found.balanced))
    return (
        f"Its logits receive {times:.3g} times as much noise as the trained network's; those of "
        f"the trained network, balanced, {balanced:.3g} times as much."
    )


def formula_holds(found: NoiseDecompositionResult) -> str:
    """Up to which noise the formula is right; empty until something was sampled."""
    noise = found.measured.noise[:, 3]
    known = np.isfinite(noise)
    if not known.any() or not found.sources.gain > 0:
        return ""
    ratio = noise[known] / found.sources.noise(SCALES[known])
    off = np.flatnonzero(np.abs(ratio - 1) > NEAR)
    end = off[0] if len(off) else len(ratio)
    if end == 0:
        return "The formula is off by more than 10% even at the smallest noise here."
    words = f"The formula is within 10% of the sampled noise up to σ = {SCALES[known][end - 1]:.2g}"
    if end == len(ratio):
        return f"{words}, the largest here."
    return f"{words}; beyond, ReLUs switch (at σ = 1 the noise is {ratio[-1]:.2g} times as large)."


def overlap(found: NoiseDecompositionResult, sigma: float) -> str:
    """The error both ways: as an overlap of margins with noise, and as it was measured."""
    place = nearest_scale(sigma)
    at, told = SCALES[place], found.predicted.errors[place]
    words = f"**At σ = {at:.2g}** the predicted overlap is {percent(told, 1)}"
    count, error = found.measured.samples[place], found.measured.errors[place]
    if not count:
        return f"{words}; no noise was drawn there yet."
    wider = found.overlap_at_measured_width()[place]
    deviation = math.sqrt(max(error * (1 - error), 0) / count)
    return (
        f"{words}; the measured error is {percent(error, 1)} ± {percent(deviation, 1)} "
        f"({int(count):,} noisy answers; {percent(found.predicted.errors[0], 1)} with hardly any "
        "noise). The small-noise formula, with its noise scaled to the width that was measured, "
        f"would predict {percent(wider, 1)}."
    )


def best_factor(study: NoiseDecomposition, found: NoiseDecompositionResult, sigma: float) -> str:
    """Which factor would be the best, and what it would leave of the noise."""
    layer, scaled = study.layer, scaled_by(study)
    factor, gain = best_scale(found.sources, layer)
    if math.isnan(factor):
        return ""
    now = 1.0 if scaled is None else scaled[0]
    what = f"α = {factor * now:.3g}" if scaled else f"a further factor of {factor:.3g}"
    least = best_rescaling(found.sources, layer) / found.sources.gain
    left = gain / found.sources.gain
    at = float(SCALES[nearest_scale(sigma)])
    then = best_scale(found.sources, layer, at).factor * now
    return (
        f"For small noise {what} on hidden layer {layer} is the best: it leaves {left:.3g} of this "
        f"network's noise; the best factor for each neuron, {least:.3g}. At σ = {at:.2g}, with the "
        f"products of the layers' noises, it is {then:.3g}."
    )


def neurons_by_kind(found: NoiseDecompositionResult, layer: int) -> str:
    """How much of the noise each kind of neurons carries."""
    shares = neuron_shares(found.sources, layer).sum(1)
    names = kind_names(found, layer)
    top = np.sort(shares)[-RANKED:].sum()
    words = {
        OWN: "unique neurons",
        COPY: "neurons that have copies",
        NUISANCE: "nuisance neurons, whose effects on the output cancel,",
    }
    kinds = [kind for kind in words if np.any(names == kind)]
    sums = [shares[names == kind].sum() for kind in kinds]
    *carried, rest = percents([*sums, max(0.0, 1 - sum(sums))])
    parts = [
        f"{int(np.sum(names == kind)):,} {words[kind]} carry {share}"
        for kind, share in zip(kinds, carried, strict=True)
    ]
    into, out = AROUND[layer]
    return (
        f"Of all noise, {'; '.join(parts)}. The {min(RANKED, len(shares))} shown carry "
        f"{percent(top)}. (Noise in {into} and {out} passes this layer; the rest of the noise, "
        f"{rest}, does not begin there.)"
    )


def causes_table(found: NoiseDecompositionResult) -> pd.DataFrame:
    """One row a noise scale."""
    columns = {
        "sigma": "σ",
        "w1": "W1",
        "w2": "W2",
        "w3": "W3",
        "together": "only together",
        "noise": "noise / σ²",
        "formula": "formula",
        "predicted_error": "overlap",
        "predicted_error_measured_width": "overlap, small noise of sampled width",
        "measured_error": "error",
        "measured_error_se": "± SE",
    }
    table = pd.DataFrame(found.tables()["scales"].plain())
    return table[list(columns)].rename(columns=columns)


def report(link: Link, found: NoiseDecompositionResult) -> Report:
    """What the page says, the neurons, all values, the complete study."""
    study, sigma = found.study, link.values["sigma"]
    layer = ranked_layer(link.values, study)
    said = [
        how_fragile(found),
        formula_holds(found),
        overlap(found, sigma).replace("**", ""),
        best_factor(study, found, sigma),
        neurons_by_kind(found, layer),
    ]
    sections = {
        "Why?": paragraph(verdict(study, found).replace("\\", ""))
        + bullets([line for line in said if line]),
        "Same function?": paragraph(same_function(found)),
        f"Neurons of hidden layer {layer}": table(neurons_table(found, layer)),
        "Values": table(causes_table(found), wide=True),
        "Complete study": settings(link.path, "studies", [study.to_json()]),
    }
    captions = " ".join((SHARES, TRADE_OFF, NEURONS, MARGINS))
    return Report(paragraph(PAPER), captions, sections)


def neurons_table(found: NoiseDecompositionResult, layer: int) -> pd.DataFrame:
    """The neurons of a layer that carry most of the noise."""
    shares = neuron_shares(found.sources, layer)
    order = np.argsort(-shares.sum(1), kind="stable")[:LISTED]
    copies = found.kinds[layer - 1].copies
    return pd.DataFrame(
        {
            "Neuron": order + 1,
            "Kind": kind_names(found, layer)[order],
            "Alike": copies[order],
            "By incoming weights": shares[order, 0],
            "By outgoing weights": shares[order, 1],
        }
    )
