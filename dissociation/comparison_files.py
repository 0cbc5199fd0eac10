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
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, ComparisonResult

SIGMA50 = "sigma50"
_POINT = ("name", "rewrite", "strength", "network", "layer")


def as_csv(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
) -> str:
    """One row a comparison; what is not defined is empty.

    **Arguments:**

    - `sigma50s`: of comparisons, the second network's σ50, where it was asked for.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    robust = [] if sigma50s is None else [SIGMA50]
    rows.writerow([*_POINT, *robust, *SIMILARITIES])
    each = sigma50s or [math.nan] * len(comparisons)
    for comparison, found, sigma50 in zip(comparisons, findings, each, strict=True):
        row = _of_comparison(comparison, found)
        row[len(_POINT) : len(_POINT)] = [_defined(sigma50)] * len(robust)
        rows.writerow(row)
    return text.getvalue()


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
            **found.numbers(),
        }
        for comparison, found in zip(comparisons, findings, strict=True)
    ]


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
