"""Results as text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dissociation.address.names import condition_names, side_name
from dissociation.address.table import Condition
from dissociation.core.measures.base import Curve
from dissociation.core.shares import percent
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.core.statistics.summary import TOO_FEW, summarise


def curves_as_text(conditions: Sequence[Condition], curves: Sequence[Curve]) -> str:
    """A numbered row a condition, then a table of mean errors for each axis there is."""
    rows = [["", "Condition", "Networks", "Clean error", "σ50", "Mean error", "95 % interval"]]
    names = condition_names(conditions)
    for number, (name, condition, curve) in enumerate(zip(names, conditions, curves, strict=True)):
        summary = summarise(curve, curve, condition.experiment.measure.chance)
        low, high = map(_percent, summary.interval)
        rows.append(
            [
                str(number + 1),
                name,
                str(len(curve.seeds)),
                _percent(summary.clean),
                "–" if math.isnan(summary.sigma50) else f"{summary.sigma50:.3g}",
                _percent(summary.area),
                TOO_FEW if low == "–" else f"{low} to {high}",
            ]
        )
    return "\n\n".join([aligned(rows), *_point_tables(conditions, curves)]) + "\n"


def findings_as_text(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
) -> str:
    """A row a comparison.

    **Arguments:**

    - `sigma50s`: σ50 of each comparison's second network, where it was asked for.
    """
    rows = [["Network", *([] if sigma50s is None else ["σ50"]), *SIMILARITIES]]
    for number, (comparison, found) in enumerate(zip(comparisons, findings, strict=True)):
        values = [_significant(found.values[name]) for name in SIMILARITIES]
        robust = [] if sigma50s is None else [_significant(sigma50s[number])]
        rows.append([side_name(comparison.second), *robust, *values])
    return aligned(rows) + "\n"


def _significant(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"


def _point_tables(conditions: Sequence[Condition], curves: Sequence[Curve]) -> list[str]:
    together: dict[tuple, list[int]] = {}
    for number, (condition, curve) in enumerate(zip(conditions, curves, strict=True)):
        title = condition.experiment.measure.axes[0].title
        together.setdefault((title, tuple(curve.x.tolist())), []).append(number)
    tables = []
    for (title, xs), numbers in together.items():
        rows = [[title, *(f"error {number + 1}" for number in numbers)]]
        for point, x in enumerate(xs):
            errors = (_percent(curves[number].mean[point]) for number in numbers)
            rows.append([f"{x:.4g}", *errors])
        tables.append(aligned(rows))
    return tables


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else percent(value, 2)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words in columns of one width each."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)
