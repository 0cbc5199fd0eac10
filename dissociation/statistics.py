"""Summaries of curves and the uncertainty of comparisons.

Seeds and noise draws are shared by all conditions, so comparisons are of paired differences.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from dissociation.measures.base import Curve

RESAMPLES = 2_000
CONFIDENCE = 0.95


def half_way_noise(x: np.ndarray, errors: np.ndarray, clean: float, chance: float) -> float:
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


def mean_over(position: np.ndarray, values: np.ndarray) -> float:
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


def bootstrap_interval(values: np.ndarray, *, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap interval (95 %) of the mean.

    **Arguments:**

    - `values`: `(n,)`, one a seed, or paired differences; NaNs are left out.
    - `seed`: of the resampling, so that the same values give the same interval.

    **Returns:** low and high; both NaN with fewer than two values.
    """
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    return _bootstrap_interval(tuple(values.tolist()), seed)


# A class looks at the same curves, and a page draws a table of them whenever it runs.
@functools.lru_cache(maxsize=20_000)
def _bootstrap_interval(values: tuple[float, ...], seed: int) -> tuple[float, float]:
    if len(values) < 2:
        return float("nan"), float("nan")
    rng = np.random.Generator(np.random.PCG64(seed))
    means = rng.choice(np.array(values), (RESAMPLES, len(values))).mean(1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


@dataclass(frozen=True)
class Difference:
    """The curve B - A, paired by network and noise draw.

    - `x`: `(S,)` where both are known.
    - `mean`: `(S,)` mean difference in error; `low`, `high`: its 95 % bootstrap interval over the
      paired runs, or the mean again if there is only one.
    - `runs`: how many paired runs.
    """

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    runs: int


def paired_difference(first: Curve, second: Curve) -> Difference | None:
    """How much larger the errors of `second` are, point by point.

    **Arguments:**

    - `first`, `second`: over the same seeds and draws; while one is filling, what both have.

    **Returns:** `None` if they have different axes or different numbers of draws.
    """
    if not np.array_equal(first.x, second.x):
        return None
    seeds = min(len(first.seeds), len(second.seeds))
    pairs = list(zip(first.seeds[:seeds], second.seeds[:seeds], strict=True))
    if any(a.errors.shape != b.errors.shape for a, b in pairs):
        return None
    known = (first.images > 0) & (second.images > 0)
    values = np.concatenate([(b.rates - a.rates)[:, known] for a, b in pairs])
    mean = values.mean(0)
    low = high = mean
    if len(values) > 1:
        rng = np.random.Generator(np.random.PCG64(0))
        # One resampling for all points: the interval of a curve is as smooth as the curve.
        chosen = rng.integers(0, len(values), (RESAMPLES, len(values)))
        counts = np.stack([(chosen == run).sum(1) for run in range(len(values))], axis=1)
        tail = (1 - CONFIDENCE) / 2
        low, high = np.quantile(counts @ values / len(values), [tail, 1 - tail], axis=0)
    return Difference(first.x[known], mean, low, high, len(values))


@dataclass(frozen=True)
class Summary:
    """What one condition's curve comes to, as means over seeds.

    - `clean`: error without noise; NaN for measures without such a point.
    - `half_way`: σ50; `area`: mean error over log σ (or log budget); `interval`: its 95 % bootstrap
      interval over seeds.
    - `ratio`: σ50 over that of the reference condition, mean over paired seeds: above 1 is more
      robust; NaN if either does not cross.
    """

    clean: float
    half_way: float
    area: float
    interval: tuple[float, float]
    ratio: float


def half_ways(curve: Curve, chance: float) -> np.ndarray:
    """`(seeds,)` σ50 of each network; NaN where its curve does not cross.

    **Arguments:**

    - `chance`: error of guessing.
    """
    return np.array(
        [
            half_way_noise(curve.x, rates, seed.clean, chance)
            for rates, seed in zip(curve.rates, curve.seeds, strict=True)
        ]
    )


def summarise(curve: Curve, reference: Curve, chance: float) -> Summary:
    """Summary of a condition beside the reference condition, usually the trained networks.

    **Arguments:**

    - `curve`, `reference`: over the same seeds in the same order.
    - `chance`: error of guessing.
    """
    crossings = half_ways(curve, chance)
    areas = np.array([log_area(curve.x, rates) for rates in curve.rates])
    ratios = crossings / half_ways(reference, chance)
    return Summary(
        clean=float(np.mean([seed.clean for seed in curve.seeds])),
        half_way=float(np.mean(crossings)),
        area=float(np.mean(areas)),
        interval=bootstrap_interval(areas),
        ratio=float(np.mean(ratios)),
    )
