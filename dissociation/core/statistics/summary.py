"""Summaries of curves and the uncertainty of comparisons.

Networks are the units: the noise draws of a network are averaged first. Networks and draws are
shared by all conditions, so comparisons are of paired differences.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real

from dissociation.core._lazy import special
from dissociation.core.measures.base import Curve

CONFIDENCE = 0.95
#: Standard deviations below this share of the mean are none.
ROUNDING = 1e-12
#: Fewest networks of which there is an interval: with two it would span 12.7 standard errors either
#: way, and say nothing.
LEAST = 3
#: What stands in the place of an interval with fewer.
TOO_FEW = f"needs {LEAST} networks"


def sigma50_of(
    x: Real[np.ndarray, " S"], errors: Real[np.ndarray, " S"], clean: float, chance: float
) -> float:
    """σ50: the noise scale at which the error is half way between clean error and chance.

    **Arguments:**

    - `x`: `(S,)` positive ascending noise scales; `errors`: `(S,)`.
    - `clean`: error without noise; `chance`: error of guessing.

    **Returns:** the first crossing, interpolated linearly in log σ between the points known so far;
    NaN if the curve does not cross within its range.
    """
    half = (clean + chance) / 2
    known = ~np.isnan(errors)
    x, errors = np.asarray(x)[known], np.asarray(errors)[known]
    above = errors >= half
    if not above.any() or above[0] or np.isnan(half):
        return float("nan")
    first = int(np.argmax(above))
    low, high = errors[first - 1], errors[first]
    share = (half - low) / (high - low)
    return float(np.exp(np.log(x[first - 1]) + share * (np.log(x[first]) - np.log(x[first - 1]))))


def mean_over(position: Real[np.ndarray, " S"], values: Real[np.ndarray, " S"]) -> float:
    """The mean of values over an axis, trapezoidal: the area under the curve over its width.

    **Arguments:**

    - `position`: `(S,)` ascending; `values`: `(S,)`, NaN where not known.

    **Returns:** NaN while fewer than two values are known.
    """
    known = ~np.isnan(values)
    if known.sum() < 2:
        return float("nan")
    position, values = position[known], values[known]
    return float(np.trapezoid(values, position) / (position[-1] - position[0]))


def log_area(x: np.ndarray, errors: np.ndarray) -> float:
    """Mean error over the range of log σ: see [`mean_over`][]."""
    return mean_over(np.log(x), errors)


def critical(count: np.ndarray | float) -> np.ndarray:
    """Half the width of the 95 % interval of a mean, in standard errors: Student's t.

    **Arguments:**

    - `count`: of how many values, networks or draws. **Returns:** NaN below [`LEAST`][].
    """
    enough = np.where(np.asarray(count) >= LEAST, count, np.nan)
    return special.stdtrit(enough - 1, (1 + CONFIDENCE) / 2)


def interval(
    values: Real[np.ndarray, " n *rest"], bounds: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[np.ndarray, np.ndarray]:
    """Student's t interval (95 %) of the mean (Student, The probable error of a mean, 1908).

    **Arguments:**

    - `values`: `(n, ...)`, one a network, or paired differences; NaNs are left out.
    - `bounds`: what the mean cannot lie beyond; the interval is cut there, which loses no coverage.

    **Returns:** `(...)` low and high; both NaN with fewer than [`LEAST`][] values, or if these are
    all equal: without a spread nothing says how far the mean may be off.
    """
    values = np.asarray(values, float)
    known = ~np.isnan(values)
    count = np.where(known.sum(0) >= LEAST, known.sum(0), np.nan)
    mean = np.where(known, values, 0.0).sum(0) / count
    squares = (np.where(known, values - mean, 0.0) ** 2).sum(0)
    deviation = np.sqrt(squares / (count - 1))
    # Values that are equal but for rounding are equal.
    deviation = np.where(deviation > ROUNDING * np.abs(mean), deviation, np.nan)
    half = critical(count) * deviation / np.sqrt(count)
    return np.clip(mean - half, *bounds), np.clip(mean + half, *bounds)


class Spread(NamedTuple):
    """Standard deviations of what is measured, apart: `between_networks` and `between_draws`.

    Of a mean over `n` networks with `d` noise draws each, the variance is
    `(between_networks² + between_draws² / d) / n`.
    """

    between_networks: np.ndarray
    between_draws: np.ndarray

    def share_of_draws(self, draws: int) -> np.ndarray:
        """Which share of the variance of a network's mean over its draws is that of the draws."""
        within = self.between_draws**2 / draws
        return within / (self.between_networks**2 + within)


def spread(values: Float[np.ndarray, "networks draws *rest"]) -> Spread:
    """Variance components of a balanced one-way layout (Searle et al., Variance Components, 1992).

    **Arguments:**

    - `values`: `(networks, draws, ...)`.

    **Returns:** `(...)` of each; NaN between draws if there is a single one, which leaves what is
    seen between networks to both, and NaN between networks below two networks.
    """
    networks, draws = values.shape[:2]
    nothing = np.full(values.shape[2:], np.nan)
    means = values.mean(1).var(0, ddof=1) if networks > 1 else nothing
    if draws == 1:
        return Spread(np.sqrt(means), nothing)
    within = values.var(1, ddof=1).mean(0)
    return Spread(np.sqrt(np.maximum(means - within / draws, 0.0)), np.sqrt(within))


def rest_alike(first: Curve, second: Curve) -> bool:
    """Whether two curves rest on the same networks and images throughout."""
    return first.numbers == second.numbers and all(
        a.clean_images == b.clean_images and np.array_equal(a.images, b.images)
        for a, b in zip(first.seeds, second.seeds, strict=True)
    )


def same_images(first: Curve, second: Curve) -> tuple[Curve, Curve] | None:
    """Both curves, as far as they rest on the same networks and images.

    While a curve fills it rests on fewer images than one that is complete, and images differ in
    difficulty: only what both have can be compared.

    **Returns:** curves of the networks and points that both have on equally many images, which are
    then the same ones; `None` if there are none.
    """
    if not np.array_equal(first.x, second.x):
        return None
    pairs = {}
    for number, a in zip(first.numbers, first.seeds, strict=True):
        if number in second.numbers:
            b = second.seeds[second.numbers.index(number)]
            equal = (a.images == b.images) & (a.images > 0)
            if equal.any():
                pairs[number] = a, b, equal
    if not pairs:
        return None
    known = np.all([equal for _, _, equal in pairs.values()], axis=0)
    if not known.any():
        return None
    clean = all(a.clean_images == b.clean_images for a, b, _ in pairs.values())

    def cut(curve: Curve, side: int) -> Curve:
        seeds = (
            dataclasses.replace(
                pair[side],
                errors=pair[side].errors[:, known],
                images=pair[side].images[known],
                clean_images=pair[side].clean_images if clean else 0,
            )
            for pair in pairs.values()
        )
        return Curve(curve.x[known], tuple(seeds), curve.total[known], tuple(pairs))

    return cut(first, 0), cut(second, 1)


@dataclass(frozen=True)
class Difference:
    """The curve B - A, paired by network and noise draw.

    - `x`: `(S,)` where both are known, on the same images.
    - `mean`: `(S,)` mean difference in error; `low`, `high`: its 95 % interval over networks (the
      draws of a network averaged), or the mean again where there is none: see [`interval`][].
    - `networks`: how many; `draws`: of each, in which both are paired.
    """

    x: Real[np.ndarray, " S"]
    mean: Real[np.ndarray, " S"]
    low: np.ndarray
    high: np.ndarray
    networks: int
    draws: int


def paired_difference(first: Curve, second: Curve) -> Difference | None:
    """How much larger the errors of `second` are, point by point.

    **Arguments:**

    - `first`, `second`: of the same experiment but for the rewrites.

    **Returns:** `None` if they have different axes or different numbers of draws, or while there is
    no network of which both rest on the same images.
    """
    both = same_images(first, second)
    if both is None:
        return None
    a, b = both
    draws = {len(seed.errors) for curve in both for seed in curve.seeds}
    if len(draws) > 1:
        return None
    values = b.rates - a.rates
    mean = values.mean(0)
    low, high = (np.where(np.isnan(end), mean, end) for end in interval(values, (-1.0, 1.0)))
    return Difference(a.x, mean, low, high, len(values), draws.pop())


@dataclass(frozen=True)
class Summary:
    """What one condition's curve comes to, as means over seeds.

    - `clean`: error without noise; NaN for measures without such a point.
    - `sigma50`: σ50; `area`: mean error over log σ (or log budget); `interval`: its 95 % interval
      over networks, NaN with fewer than [`LEAST`][].
    - `ratio`: σ50 over that of the reference condition, mean over paired networks: above 1 is more
      robust; NaN if either does not cross, or while both rest on different images.
    - `ratio_interval`: its 95 % interval.
    """

    clean: float
    sigma50: float
    area: float
    interval: tuple[float, float]
    ratio: float
    ratio_interval: tuple[float, float]


def sigma50s(curve: Curve, chance: float) -> Real[np.ndarray, " seeds"]:
    """`(seeds,)` σ50 of each network; NaN where its curve does not cross.

    **Arguments:**

    - `chance`: error of guessing.
    """
    return np.array(
        [
            sigma50_of(curve.x, rates, seed.clean, chance)
            for rates, seed in zip(curve.rates, curve.seeds, strict=True)
        ]
    )


#: The name that scripts which were exported import.
half_ways = sigma50s


def summarise(curve: Curve, reference: Curve, chance: float) -> Summary:
    """Summary of a condition beside the reference condition, usually the trained networks.

    **Arguments:**

    - `curve`, `reference`: over the same networks.
    - `chance`: error of guessing.
    """
    areas = np.array([log_area(curve.x, rates) for rates in curve.rates])
    both = same_images(curve, reference)
    ratios = np.array([np.nan])
    if both is not None:
        ratios = sigma50s(both[0], chance) / sigma50s(both[1], chance)
    # Of those networks alone that cross, it would be the mean and the interval of something else.
    if np.isnan(ratios).any():
        ratios = np.array([np.nan])
    return Summary(
        clean=float(np.mean([seed.clean for seed in curve.seeds])),
        sigma50=float(np.mean(sigma50s(curve, chance))),
        area=float(np.mean(areas)),
        interval=_pair(interval(areas, (0.0, 1.0))),
        ratio=float(np.mean(ratios)),
        ratio_interval=_pair(interval(ratios, (0.0, np.inf))),
    )


def _pair(bounds: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    low, high = bounds
    return float(low), float(high)
