"""What comparisons found as CSV and as JSON, for the pages and for the command line."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from dissociation.address.names import condition_key, side_name
from dissociation.core.digests import SCHEMA
from dissociation.core.networks.normal_form import NormalForms
from dissociation.core.similarity import SIMILARITIES, Similarity
from dissociation.core.similarity.comparison import Comparison, ComparisonResult, is_close_look

_PAIR = ("measure", "label", "compares", "value", "unit", "if_equal")
_CHANCE = ("unrelated_mean", "unrelated_low", "unrelated_high")
SIGMA50 = "sigma50"
_POINT = ("name", "rewrite", "strength", "network", "layer")


def as_csv(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
) -> str:
    """One row a measure of a single pair, or one row a comparison; what is not defined is empty.

    **Arguments:**

    - `sigma50s`: of comparisons, the second network's σ50, where it was asked for.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    if is_close_look(comparisons):
        rows.writerow([*_PAIR, *_CHANCE, "images", "does_not_see", "undefined"])
        rows.writerows(_of_measure(measure, findings[0]) for measure in SIMILARITIES.values())
    else:
        robust = [] if sigma50s is None else [SIGMA50]
        rows.writerow([*_POINT, *robust, *SIMILARITIES])
        each = sigma50s or [math.nan] * len(comparisons)
        for comparison, found, sigma50 in zip(comparisons, findings, each, strict=True):
            row = _of_comparison(comparison, found)
            row[len(_POINT) : len(_POINT)] = [_defined(sigma50)] * len(robust)
            rows.writerow(row)
    return text.getvalue()


def _of_measure(measure: Similarity, found: ComparisonResult) -> list[Any]:
    name = measure.name
    chance = [_defined(value) for value in found.baselines[name]]
    equal = _defined(found.equals[name])
    value, unseen = _defined(found.values[name]), " ".join(measure.invariant_to)
    about = [name, measure.label, measure.compares, value, measure.unit, equal]
    return [*about, *chance, found.images[name], unseen, found.undefined.get(name, "")]


def _of_comparison(comparison: Comparison, found: ComparisonResult) -> list[Any]:
    side = comparison.second
    strengths = "+".join(f"{step.strength:g}" for step in side.manipulations)
    values = [_defined(found.values[name]) for name in SIMILARITIES]
    key = condition_key(side.manipulations)
    return [side_name(side), key, strengths, side.seed + 1, comparison.layer, *values]


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_values(
    comparisons: Sequence[Comparison], findings: Sequence[ComparisonResult]
) -> list[dict[str, Any]]:
    """All that was found but the pictures, as plain values; `None` is not defined.

    `dissociation.contrast_from_json` reads each `comparison`.
    """
    return [
        {
            "name": side_name(comparison.second),
            "contrast": comparison.to_json(),
            "values": {name: _defined(value) for name, value in found.values.items()},
            "undefined": found.undefined,
            "images": found.images,
            "equals": {name: _defined(value) for name, value in found.equals.items()},
            "unrelated": {
                name: {part: _defined(value) for part, value in chance._asdict().items()}
                for name, chance in found.baselines.items()
            },
            "widths": list(found.widths),
            "normal_forms": _plain_forms(found.normal_forms),
        }
        for comparison, found in zip(comparisons, findings, strict=True)
    ]


def _plain_forms(found: NormalForms | None) -> dict[str, Any] | None:
    if found is None:
        return None
    residual = _defined(found.residual)
    return {"first": list(found.first), "second": list(found.second), "residual": residual}


def as_json(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
    **about: Any,
) -> str:
    """[`as_values`][] as text, with `about` before it; `sigma50s` as of [`as_csv`][]."""
    found = as_values(comparisons, findings)
    for value, sigma50 in zip(found, sigma50s or (), strict=False):
        value[SIGMA50] = _defined(sigma50)
    values = {"schema": SCHEMA, **about, "contrasts": found}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
