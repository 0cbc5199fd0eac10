"""Does B differ from A? A paired comparison of one summary of two conditions' curves.

Networks are the units: both conditions are the same trained networks, seed by seed, under the same
noise draws, so their differences are paired (draws of one network are averaged first).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dissociation.errors import InvalidValue, check_choice
from dissociation.experiment import Experiment
from dissociation.measures.base import Curve
from dissociation.statistics import bootstrap_interval, half_ways, log_area

HALF_WAY, AREA, AT = "half_way", "area", "at"
SUMMARIES = {
    HALF_WAY: "σ50: noise at half the way to chance",
    AREA: "mean error over the curve",
    AT: "error at one point",
}
#: Significance and power for which the number of networks is planned.
SIGNIFICANCE, POWER = 0.05, 0.8
MAX_NEEDED = 10_000
FEW = 5
#: Effects beyond this are told by two networks; their distribution is not computed well.
HUGE = 20.0


def error_at(x: np.ndarray, errors: np.ndarray, where: float) -> float:
    """The error at `where`, interpolated linearly in log x between the points known so far.

    **Raises:** `InvalidValue` if `where` lies outside the measured range.
    """
    known = ~np.isnan(errors)
    low, high = float(x[0]), float(x[-1])
    if not low <= where <= high:
        raise InvalidValue("at", where, f"give a point on the axis, from {low:g} to {high:g}")
    if not known.any():
        return float("nan")
    return float(np.interp(np.log(where), np.log(x[known]), errors[known]))


def summaries(curve: Curve, summary: str, *, chance: float, at: float) -> np.ndarray:
    """`(seeds,)` the summary of each network's curve; NaN where it has none.

    **Arguments:**

    - `summary`: `half_way` (noise units), `area` or `at` (shares of errors).
    - `chance`: error of guessing; `at`: noise scale or budget.
    """
    check_choice("summary", summary, tuple(SUMMARIES))
    if summary == HALF_WAY:
        return half_ways(curve, chance)
    if summary == AREA:
        found = [log_area(curve.x, rates) for rates in curve.rates]
    else:
        found = [error_at(curve.x, rates, at) for rates in curve.rates]
    return np.array(found)


@dataclass(frozen=True)
class Comparison:
    """What k networks say about B - A.

    - `first`, `second`: `(k,)` the summary of each network under A and under B.
    - `left_out`: networks for which either has none.
    - `difference`: mean of B - A; `interval`: its 95 % percentile bootstrap interval over networks.
    - `share`: of networks with B above A.
    - `effect`: standardised effect of paired differences, d_z = mean / standard deviation (Cohen,
        Statistical Power Analysis for the Behavioral Sciences, 1988); NaN if it has none.
    - `needed`: networks with which a paired t test would tell them apart (5 %, power 80 %) if the
        effect is what it seems; `None` if there is none, or more than 10,000.
    """

    first: np.ndarray
    second: np.ndarray
    left_out: int
    difference: float
    interval: tuple[float, float]
    share: float
    effect: float
    needed: int | None

    @property
    def told_apart(self) -> bool:
        """Whether the interval excludes 0."""
        low, high = self.interval
        return low > 0 or high < 0


def compare(first: np.ndarray, second: np.ndarray) -> Comparison:
    """Compares paired summaries, one of each network; pairs with a NaN are left out."""
    known = ~(np.isnan(first) | np.isnan(second))
    a, b = first[known], second[known]
    differences = b - a
    mean = float(differences.mean()) if len(a) else float("nan")
    spread = float(differences.std(ddof=1)) if len(a) > 1 else 0.0
    # Differences that are equal but for rounding have no meaningful standard deviation.
    effect = mean / spread if spread > 1e-12 * max(1e-300, abs(mean)) else float("nan")
    return Comparison(
        a,
        b,
        int((~known).sum()),
        mean,
        bootstrap_interval(differences),
        float((differences > 0).mean()) if len(a) else float("nan"),
        effect,
        networks_needed(effect),
    )


def networks_needed(effect: float) -> int | None:
    """The fewest networks with which a two-sided paired t test has power for this effect.

    By the noncentral t distribution with n - 1 degrees of freedom and noncentrality effect · √n.
    """
    from scipy import stats

    size = abs(effect)
    if not np.isfinite(size) or size == 0:
        return None
    if size > HUGE:
        return 2

    def power(n: int) -> float:
        critical = stats.t.ppf(1 - SIGNIFICANCE / 2, n - 1)
        shift = size * np.sqrt(n)
        return float(stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift))

    # Doubled from below: far above the answer the noncentral distribution is not computed.
    high = 2
    while not power(high) >= POWER:  # where it is not a number, too
        high *= 2
        if high > 2 * MAX_NEEDED:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high if high <= MAX_NEEDED else None


def confounds(experiments: Sequence[Experiment], curves: Sequence[Curve]) -> list[str]:
    """In words, why the answer may not mean what it seems to; empty if nothing speaks against it.

    **Arguments:**

    - `experiments`, `curves`: A and B.
    """
    found = []
    first, second = (experiment.manipulations for experiment in experiments)
    seeds = len(curves[0].seeds)
    if seeds < FEW:
        found.append(
            f"{seeds} network{'' if seeds == 1 else 's'} only: with fewer than {FEW}, the interval "
            "says little about other networks."
        )
    if experiments[0].canonical() == experiments[1].canonical():
        found.append("A and B have the same curve by construction; no data can tell them apart.")
    steps = list(itertools.zip_longest(first, second))
    differing = [(a, b) for a, b in steps if a != b]
    if len(differing) > 1:
        found.append(
            f"A and B differ in {len(differing)} steps; the difference cannot be put down to one."
        )
    elif any(a is not None and b is not None and a.name == b.name for a, b in differing):
        found.append("A and B are the same rewrite at different strengths or settings.")
    probes = [probe for c in curves for s in c.seeds for probe in s.notes.get("probe", [])]
    if any(not probe["converged"] for probe in probes):
        found.append(
            "Some probes had not converged: their error depends on the scale of the features, not "
            "only on what can be read from them."
        )
    return found
