"""The causes of fragility, and the points of the bridge, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dissociation.address.names import condition_key, side_name
from dissociation.core.experiment import SCHEMA
from dissociation.core.theory.bridge import Point, laws
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import SCALES, NoiseDecompositionResult
from dissociation.core.theory.noise_sources import Sources
from dissociation.core.theory.norms import PREDICTORS, Norms

COLUMNS = (
    "sigma",
    *("w1", "w2", "w3", "together"),
    *("noise", "noise_se", "formula"),
    *("predicted_error", "predicted_error_measured_width", "measured_error", "measured_error_se"),
)


def rows(found: NoiseDecompositionResult) -> list[list[float]]:
    """One row a noise scale, with [`COLUMNS`][].

    Shares of the layers and of what they make only together, ‖Δlogits‖² / σ² as sampled and by the
    formula, and the error as predicted and as measured.
    """
    measured = found.measured
    count = np.where(measured.samples > 0, measured.samples, np.nan)
    errors = measured.errors
    columns = [
        SCALES,
        *measured.shares.T,
        measured.noise[:, 3] / SCALES**2,
        measured.error[:, 3] / SCALES**2,
        found.sources.noise(SCALES) / SCALES**2,
        found.predicted.errors,
        found.overlap_at_measured_width(),
        errors,
        np.sqrt(np.maximum(errors * (1 - errors), 0) / count),
    ]
    return [[float(value) for value in row] for row in zip(*columns, strict=True)]


def _table(columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue()


def as_csv(found: NoiseDecompositionResult) -> str:
    """Everything over the noise scales."""
    return _table(COLUMNS, rows(found))


def as_json(study: NoiseDecomposition, found: NoiseDecompositionResult, **about: Any) -> str:
    """Everything over the noise scales, the terms, and every neuron's part of them.

    `dissociation.causes_from_json` reads the `study`.

    **Arguments:**

    - `about`: what stands before it.
    """
    assert found.trained is not None and found.balanced is not None
    networks = {"network": found.sources, "trained": found.trained, "balanced": found.balanced}
    values = {
        **about,
        "study": study.to_json(),
        "logit_change": found.logit_change,
        "predictions_changed": found.changed,
        "images": found.sources.images,
        **{f"terms_{name}": sources.terms.tolist() for name, sources in networks.items()},
        **{f"products_{name}": sources.products.tolist() for name, sources in networks.items()},
        "scales": [dict(zip(COLUMNS, row, strict=True)) for row in rows(found)],
        "neurons": _neurons(found.sources, found),
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _neurons(sources: Sources, found: NoiseDecompositionResult) -> dict[str, Any]:
    return {
        f"layer{layer + 1}": {
            "incoming": sources.incoming[layer].tolist(),
            "outgoing": sources.outgoing[layer].tolist(),
            "copies": found.kinds[layer].copies.tolist(),
            "has_say": found.kinds[layer].contributes.tolist(),
        }
        for layer in range(2)
    }


_NORMS = (
    *("term_w1", "term_w2", "term_w3"),
    *("product_w1_w2", "product_w1_w3", "product_w2_w3", "product_all", "margin"),
    *("h1", "h2", "weights_1", "weights_2", "weights_3"),
)
BRIDGE = ("name", "rewrite", "strength", "network", "sigma50", *PREDICTORS, *_NORMS)


def _flat(norms: Norms) -> list[float]:
    first = *norms.terms, *norms.products, norms.margin
    return [*first, *norms.activations, *norms.weights]


def bridge_rows(points: Sequence[Point]) -> list[list[Any]]:
    """One row a network, with [`BRIDGE`][]; a σ50 that is not defined is `None`."""
    lines: list[list[Any]] = []
    for point in points:
        steps = point.side.manipulations
        strengths = "+".join(f"{step.strength:g}" for step in steps)
        about = [side_name(point.side), condition_key(steps), strengths, point.side.seed + 1]
        half = point.sigma50 if math.isfinite(point.sigma50) else None
        told = [predictor.value(point.norms) for predictor in PREDICTORS.values()]
        lines.append([*about, half, *told, *_flat(point.norms)])
    return lines


def bridge_csv(points: Sequence[Point]) -> str:
    """One row a network."""
    return _table(BRIDGE, bridge_rows(points))


def bridge_json(points: Sequence[Point], **about: Any) -> str:
    """Every network with its experiment, which `dissociation.from_json` reads, and the laws.

    **Arguments:**

    - `about`: what stands before it.
    """
    found = [
        {**dict(zip(BRIDGE, row, strict=True)), "experiment": point.experiment.to_json()}
        for row, point in zip(bridge_rows(points), points, strict=True)
    ]
    ties = {
        name: {part: law and law._asdict() for part, law in laws(points, name)._asdict().items()}
        for name in PREDICTORS
    }
    values = {"schema": SCHEMA, **about, "laws": ties, "networks": found}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
