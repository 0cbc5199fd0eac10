"""The answer of a paired comparison in one sentence with its numbers."""

from __future__ import annotations

import numpy as np

from dissociation.hypothesis import AT, HALF_WAY, Comparison


def amount(value: float, summary: str) -> str:
    """A difference of summaries with its unit."""
    if summary == HALF_WAY:
        return f"{value:.3g}".replace("-", "−")
    return f"{100 * value:.3g} percentage points".replace("-", "−")


def quantity(summary: str, at: float) -> str:
    """What is compared, in words."""
    if summary == HALF_WAY:
        return "σ50"
    return f"error at {at:g}" if summary == AT else "mean error over the curve"


def answer(comparison: Comparison, summary: str, at: float) -> str:
    """The answer.

    **Arguments:**

    - `comparison`: of B with A; `summary`, `at`: as the page has them.

    **Returns:** one sentence that claims a difference only if the interval excludes 0.
    """
    count = len(comparison.first)
    what = quantity(summary, at)
    if count == 0:
        return f"No network has a {what} under both conditions, so there is nothing to compare."
    size = amount(abs(comparison.difference), summary)
    low, high = (amount(bound, summary) for bound in comparison.interval)
    if count == 1:
        way = "larger" if comparison.difference > 0 else "smaller"
        return f"B's {what} is {size} {way} than A's in the one network there is; no interval."
    above = round(comparison.share * count)
    evidence = (
        f"95 % interval of B − A from {low} to {high}; B above A in {above} of {count} networks"
    )
    if np.isfinite(comparison.effect):
        evidence += f"; standardised effect {comparison.effect:.2g}"
    if comparison.needed is not None:
        evidence += f"; {comparison.needed:,} networks would be enough to tell"
    if not comparison.told_apart:
        return f"These networks do not tell A and B apart by {what}: {evidence}."
    way = "larger" if comparison.difference > 0 else "smaller"
    return f"B's {what} is {size} {way} than A's ({evidence})."
