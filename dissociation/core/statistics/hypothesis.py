"""Does B differ from A? A paired comparison of one summary of two conditions' curves.

Networks are the units: both conditions are the same trained networks, seed by seed, under the same
noise draws, so their differences are paired (draws of one network are averaged first). Interval and
verdict are those of the paired t test; the exact sign-flip test, which does without the normal
distribution, stands beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Real

from dissociation.core._lazy import special
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.statistics.summary import LEAST, interval, log_area, sigma50_of, spread
from dissociation.core.validation import InvalidValue, check_choice

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
#: Effects beyond this are told by the fewest networks; their distribution is not computed well.
HUGE = 20.0
#: Most networks whose sign patterns are all gone through: 4,096 of them.
MAX_FLIPPED = 12


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


def summaries(
    curve: Curve, summary: str, *, chance: float, at: float, by_draw: bool = False
) -> Real[np.ndarray, " seeds"] | Real[np.ndarray, "seeds draws"]:
    """`(seeds,)` the summary of each network's curve; NaN where it has none.

    **Arguments:**

    - `summary`: `half_way` (noise units), `area` or `at` (shares of errors).
    - `chance`: error of guessing; `at`: noise scale or budget.
    - `by_draw`: of each of its noise draws instead of their mean: `(seeds, draws)`.
    """
    check_choice("summary", summary, tuple(SUMMARIES))

    def of(seed: SeedCurve, rates: np.ndarray) -> float:
        if summary == HALF_WAY:
            return sigma50_of(curve.x, rates, seed.clean, chance)
        return log_area(curve.x, rates) if summary == AREA else error_at(curve.x, rates, at)

    if by_draw:
        return np.array([[of(seed, draw) for draw in seed.rates] for seed in curve.seeds])
    return np.array([of(seed, seed.rates.mean(0)) for seed in curve.seeds])


@dataclass(frozen=True)
class PairedComparison:
    """What k networks say about B - A.

    - `first`, `second`: `(k,)` the summary of each network under A and under B.
    - `left_out`: networks for which either has none.
    - `difference`: mean of B - A; `interval`: its 95 % interval (Student's t over networks), NaN
      with fewer than 3 networks.
    - `p_value`: of the paired t test, two-sided; NaN where there is no interval, or no spread.
    - `sign_flip`: of the exact sign-flip test; NaN with fewer than 3 or more than 12 networks.
    - `share`: of networks with B above A.
    - `effect`: standardised effect of paired differences, d_z = mean / standard deviation (Cohen,
        Statistical Power Analysis for the Behavioral Sciences, 1988); NaN if it has none.
    - `needed`: networks with which a paired t test would tell them apart (5 %, power 80 %) if the
        effect is what it seems; `None` if it is not distinguishable from 0, or more than 10,000.
    - `by_network`, `by_draw`: standard deviation of B - A between networks, and between the noise
        draws of a network; NaN if not known. `share_of_draws`: of the variance of a network's mean.
    """

    first: Real[np.ndarray, " k"]
    second: Real[np.ndarray, " k"]
    left_out: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    sign_flip: float
    share: float
    effect: float
    needed: int | None
    by_network: float
    by_draw: float
    share_of_draws: float

    @property
    def interval_excludes_zero(self) -> bool:
        """Whether the interval excludes 0, which is whether the paired t test has p < 0.05."""
        low, high = self.interval
        return low > 0 or high < 0

    @property
    def tests_disagree(self) -> bool:
        """Whether one of both tests finds a difference at 5 % and the other does not."""
        if not np.isfinite(self.sign_flip):
            return False
        return self.interval_excludes_zero != (self.sign_flip < SIGNIFICANCE)


def compare(
    first: Real[np.ndarray, " networks"],
    second: Real[np.ndarray, " networks"],
    draws: Real[np.ndarray, "networks draws"] | None = None,
) -> PairedComparison:
    """Compares paired summaries, one of each network; pairs with a NaN are left out.

    **Arguments:**

    - `first`, `second`: `(networks,)` of A and B.
    - `draws`: `(networks, draws)` B - A in each noise draw.
    """
    known = ~(np.isnan(first) | np.isnan(second))
    a, b = first[known], second[known]
    differences = b - a
    mean = float(differences.mean()) if len(a) else float("nan")
    deviation = float(differences.std(ddof=1)) if len(a) > 1 else 0.0
    # Differences that are equal but for rounding have no meaningful standard deviation.
    effect = mean / deviation if deviation > 1e-12 * max(1e-300, abs(mean)) else float("nan")
    low, high = map(float, interval(differences))
    apart = low > 0 or high < 0
    by_network = by_draw = share_of_draws = float("nan")
    if draws is not None and len(a) >= LEAST:
        found = spread(draws[known])
        by_network, by_draw = float(found.between_networks), float(found.between_draws)
        share_of_draws = float(found.share_of_draws(draws.shape[1]))
    return PairedComparison(
        a,
        b,
        int((~known).sum()),
        mean,
        (low, high),
        paired_t(effect, len(a)),
        sign_flip(differences),
        float((differences > 0).mean()) if len(a) else float("nan"),
        effect,
        networks_needed(effect) if apart else None,
        by_network,
        by_draw,
        share_of_draws,
    )


def compare_curves(
    first: Curve, second: Curve, summary: str, *, chance: float, at: float = float("nan")
) -> PairedComparison:
    """Compares two curves of the same networks and draws by a summary.

    **Arguments:** as of [`summaries`][]. **Raises:** `InvalidValue` likewise.
    """
    sides = first, second
    a, b = (summaries(side, summary, chance=chance, at=at) for side in sides)
    draws = [summaries(side, summary, chance=chance, at=at, by_draw=True) for side in sides]
    return compare(a, b, draws[1] - draws[0])


def paired_t(effect: float, networks: int) -> float:
    """Two-sided p value of the paired t test, whose t is the effect d_z times √networks.

    **Returns:** NaN with fewer than 3 networks, or if there is no effect size.
    """
    if networks < LEAST:
        return float("nan")
    return float(2 * special.stdtr(networks - 1, -abs(effect) * np.sqrt(networks)))


def sign_flip(differences: Real[np.ndarray, " n"]) -> float:
    """Two-sided p value of the exact sign-flip test of paired differences.

    If A and B did not differ, every difference could as well have the other sign; the p value is
    the share of all patterns of signs whose mean is at least as far from 0 (Fisher, The Design of
    Experiments, 1935, section 21). With n networks it is at least 2 / 2ⁿ.

    **Arguments:**

    - `differences`: `(n,)`.

    **Returns:** NaN with fewer than 3 or more than 12.
    """
    n = len(differences)
    if not LEAST <= n <= MAX_FLIPPED:
        return float("nan")
    signs = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1)
    sums = np.abs(signs @ differences)
    # The same sum in another order differs by rounding.
    return float(np.mean(sums >= sums[0] - 1e-12 * np.abs(differences).sum()))


def networks_needed(effect: float) -> int | None:
    """The fewest networks with which a two-sided paired t test has power for this effect.

    By the noncentral t distribution with n - 1 degrees of freedom and noncentrality effect · √n;
    at least 3, as fewer are not tested.
    """
    size = abs(effect)
    if not np.isfinite(size) or size == 0:
        return None
    if size > HUGE:
        return LEAST

    def power(n: int) -> float:
        critical = special.stdtrit(n - 1, 1 - SIGNIFICANCE / 2)
        shift = size * np.sqrt(n)
        below = special.nctdtr(n - 1, shift, critical)
        return float(1 - below + special.nctdtr(n - 1, shift, -critical))

    # Doubled from below: far above the answer the noncentral distribution is not computed.
    high = LEAST
    while not power(high) >= POWER:  # where it is not a number, too
        high *= 2
        if high > 2 * MAX_NEEDED:
            return None
    low = max(high // 2, LEAST - 1)
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
            f"{seeds} network{'' if seeds == 1 else 's'} only: with fewer than {FEW}, interval and "
            "t test rest on the differences being normally distributed, which so few cannot show."
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
