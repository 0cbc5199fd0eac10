"""The answer of a paired comparison in words with its numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dissociation.hypothesis import AT, HALF_WAY, Comparison


class Answer(NamedTuple):
    """A claim in one sentence, and the evidence for it in another."""

    claim: str
    evidence: str = ""


def _number(value: float, summary: str) -> str:
    scaled = value if summary == HALF_WAY else 100 * value
    return f"{scaled:.3g}".replace("-", "−")


def quantity(summary: str, at: float) -> str:
    """What is compared, in words."""
    if summary == HALF_WAY:
        return "σ50"
    return f"error at {at:g}" if summary == AT else "mean error over the curve"


def answer(comparison: Comparison, summary: str, at: float) -> Answer:
    """The answer; it claims a difference only if the interval excludes 0.

    **Arguments:**

    - `comparison`: of B with A; `summary`, `at`: as the page has them.
    """
    count = len(comparison.first)
    what = quantity(summary, at)
    if count == 0:
        return Answer(f"No network has a {what} under both conditions: nothing to compare.")
    unit = "" if summary == HALF_WAY else " percentage points"
    size = _number(abs(comparison.difference), summary) + unit
    way = "larger" if comparison.difference > 0 else "smaller"
    if count == 1:
        return Answer(f"B's {what} is {size} {way} than A's in the one network there is.")
    low, high = (_number(bound, summary) for bound in comparison.interval)
    above = round(comparison.share * count)
    evidence = f"95 % interval of B − A from {low} to {high}{unit}"
    evidence += f"; B above A in {above} of {count} networks"
    if np.isfinite(comparison.effect):
        effect = f"{comparison.effect:.2g}".replace("-", "−")
        evidence += f"; standardised effect {effect}"
    if comparison.needed is not None:
        evidence += f"; {comparison.needed:,} networks would be enough to tell"
    if not comparison.told_apart:
        return Answer(f"These networks do not tell A and B apart by {what}.", f"{evidence}.")
    return Answer(f"B's {what} is {size} {way} than A's.", f"{evidence}.")
