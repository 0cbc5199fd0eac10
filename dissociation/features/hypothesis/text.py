"""The answer of a paired comparison in words with its numbers."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from dissociation.core.statistics.hypothesis import AT, HALF_WAY, SIGNIFICANCE, PairedComparison
from dissociation.core.statistics.summary import LEAST


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


def answer(comparison: PairedComparison, summary: str, at: float, wanted: int) -> Answer:
    """The answer; it claims a difference only of all networks, and if the interval excludes 0.

    **Arguments:**

    - `comparison`: of B with A; `summary`, `at`: as the page has them.
    - `wanted`: how many networks there will be.
    """
    count = len(comparison.first)
    measured = count + comparison.left_out
    done = measured >= wanted
    so_far = "" if done else f"So far ({measured} of {wanted} networks): "
    what = quantity(summary, at)
    if count == 0:
        return Answer(f"{so_far}No network has a {what} under both conditions: nothing to compare.")
    unit = "" if summary == HALF_WAY else " percentage points"
    size = _number(abs(comparison.difference), summary) + unit
    way = "larger" if comparison.difference > 0 else "smaller"
    differs = f"{so_far}B's {what} is {size} {way} than A's"
    if count == 1:
        differs += " in the one network there is"
    elif not (done and comparison.interval_excludes_zero):
        differs += f" on average of {count} networks"
    if np.array_equal(comparison.first, comparison.second):
        differs = f"{so_far}B's {what} equals A's in {_all(count)}"
    if count < LEAST:
        return Answer(f"{differs}.", f"An interval and a test need at least {LEAST} networks.")
    parts = _evidence(comparison, summary, unit)
    if not done:
        return Answer(f"{differs}.", f"{'; '.join(parts)}. All networks are needed for a verdict.")
    if comparison.interval_excludes_zero:
        if comparison.needed is not None:
            parts.append(
                f"about {comparison.needed:,} networks would be needed for 80 % power, if the "
                "effect is as large as it is here"
            )
        return Answer(f"{differs}.", f"{'; '.join(parts)}.")
    if np.isfinite(comparison.p_value):
        differs = f"These {count} networks do not tell A and B apart by {what}"
    return Answer(f"{differs}.", f"{'; '.join(parts)}.")


def _all(count: int) -> str:
    return "the one network there is" if count == 1 else f"all {count} networks"


def _evidence(comparison: PairedComparison, summary: str, unit: str) -> list[str]:
    count = len(comparison.first)
    low, high = (_number(bound, summary) for bound in comparison.interval)
    parts = []
    if np.isfinite(comparison.p_value):
        parts.append(f"95 % interval of B − A from {low} to {high}{unit} (Student's t)")
        t = f"{comparison.effect * np.sqrt(count):.2f}".replace("-", "−")
        parts.append(f"paired t test: t({count - 1}) = {t}, {_p(comparison.p_value)}")
    else:
        parts.append("No interval and no t test, as B − A is the same in all networks")
    if np.isfinite(comparison.sign_flip):
        parts.append(
            f"exact sign-flip test over {2**count:,} patterns of signs: {_p(comparison.sign_flip)}"
        )
    parts.append(f"B exceeded A in {round(comparison.share * count)} of {count} networks")
    if np.isfinite(comparison.effect):
        effect = f"{comparison.effect:.2g}".replace("-", "−")
        parts.append(f"standardised effect (mean / SD) {effect}")
    return parts


def _p(value: float) -> str:
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.3g}"


def disagreement(comparison: PairedComparison) -> str:
    """Why one test finds a difference and the other does not; empty if they agree."""
    if not comparison.tests_disagree:
        return ""
    count = len(comparison.first)
    least = 2 / 2**count
    if least >= SIGNIFICANCE:
        enough = math.ceil(math.log2(2 / SIGNIFICANCE))
        return (
            f"The tests disagree: the sign-flip test of {count} networks cannot go below "
            f"p = {least:.3g}, whatever they say. With {enough} or more networks it can confirm "
            "the t test."
        )
    return (
        "The tests disagree: the t test takes the differences as normally distributed, the "
        "sign-flip test only as symmetric. The answer follows the t test; more networks would "
        "settle it."
    )


def where_it_varies(comparison: PairedComparison, summary: str, draws: int) -> str:
    """Whether B - A varies between networks or between noise draws, and of which to take more.

    **Arguments:**

    - `draws`: noise draws of each network, 0 if the measure has no such setting.
    """
    if (
        not draws
        or len(comparison.first) < LEAST
        or not np.any(comparison.first != comparison.second)
    ):
        return ""
    if draws == 1:
        return (
            "With 1 noise draw a network, what varies between networks and what varies between "
            "draws cannot be told apart: take 2 or more draws."
        )
    if not np.isfinite(comparison.share_of_draws):
        return ""
    unit = "" if summary == HALF_WAY else " percentage points"
    networks, single = (
        _number(value, summary) for value in (comparison.by_network, comparison.by_draw)
    )
    share = comparison.share_of_draws
    more = "more draws" if share > 0.5 else "more networks"
    return (
        f"Standard deviation of B − A: {networks} between networks, {single} between noise draws"
        f"{unit}. Draws make {share:.0%} of the variance of a network's mean over {draws} draws, "
        f"so {more} narrow the interval most."
    )
