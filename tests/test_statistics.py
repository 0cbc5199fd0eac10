from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissociation.measures import Curve, SeedCurve
from dissociation.statistics import (
    bootstrap_interval,
    half_way_noise,
    log_area,
    paired_difference,
    summarise,
)

X = np.logspace(-2, 1, 60)


def logistic(sigma50: float, steepness: float, clean: float, chance: float) -> np.ndarray:
    """An error that goes from `clean` to `chance`, half way at `sigma50`, in log σ."""
    return clean + (chance - clean) / (1 + (X / sigma50) ** -steepness)


class TestHalfWayNoise:
    @settings(max_examples=60)
    @given(
        sigma50=st.floats(0.05, 2),
        steepness=st.floats(1, 6),
        clean=st.floats(0, 0.3),
        chance=st.floats(0.5, 0.95),
    )
    def test_of_a_logistic_curve(self, sigma50, steepness, clean, chance):
        found = half_way_noise(X, logistic(sigma50, steepness, clean, chance), clean, chance)
        # A logistic curve is nearly straight around its middle, so interpolation hardly errs.
        assert found == pytest.approx(sigma50, rel=0.01)

    def test_interpolates_in_log_sigma(self):
        assert half_way_noise(np.array([1.0, 100.0]), np.array([0.0, 1.0]), 0, 1) == pytest.approx(
            10
        )
        found = half_way_noise(np.array([1.0, 100.0]), np.array([0.25, 0.75]), 0.0, 0.9)
        assert found == pytest.approx(100 ** ((0.45 - 0.25) / 0.5))

    def test_first_crossing_counts(self):
        errors = np.array([0.0, 0.6, 0.2, 0.8])
        assert half_way_noise(np.array([1.0, 2, 3, 4]), errors, 0, 1) < 2

    @pytest.mark.parametrize(
        "errors", [[0.1, 0.2, 0.3], [0.6, 0.7, 0.8], [math.nan] * 3, [math.nan, 0.6, 0.9]]
    )
    def test_outside_the_curve(self, errors):
        assert math.isnan(half_way_noise(np.array([1.0, 2, 3]), np.array(errors), 0.0, 1.0))

    def test_without_a_clean_error(self):
        assert math.isnan(half_way_noise(X, logistic(0.3, 3, 0, 0.9), math.nan, 0.9))

    def test_on_a_point(self):
        assert half_way_noise(np.array([1.0, 2, 3]), np.array([0, 0.5, 0.9]), 0, 1) == 2


class TestLogArea:
    @given(value=st.floats(0, 1), points=st.integers(2, 30))
    def test_of_a_constant(self, value, points):
        x = np.logspace(-3, 2, points)
        assert log_area(x, np.full(points, value)) == pytest.approx(value)

    def test_of_a_step(self):
        # Half of the decades at 1, half at 0, one trapezium between.
        assert log_area(np.array([1, 10, 100, 1000.0]), np.array([0, 0, 1, 1])) == pytest.approx(
            0.5
        )
        assert log_area(np.array([1, 10, 1000.0]), np.array([0, 0, 1])) == pytest.approx(1 / 3)

    def test_weighs_decades_not_points(self):
        crowded = np.concatenate([np.logspace(0, 1, 50), [100.0]])
        errors = np.concatenate([np.zeros(50), [1.0]])
        assert log_area(crowded, errors) == pytest.approx(0.25)

    def test_leaves_out_what_is_not_known(self):
        x, errors = np.array([1, 10, 100.0]), np.array([0.2, math.nan, 0.4])
        assert log_area(x, errors) == pytest.approx(0.3)
        assert math.isnan(log_area(x, np.array([0.2, math.nan, math.nan])))


class TestBootstrap:
    def test_same_values_same_interval(self):
        values = np.random.default_rng(0).normal(size=10)
        assert bootstrap_interval(values) == bootstrap_interval(values.copy())
        assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)

    @pytest.mark.parametrize("values", [[], [0.3], [0.3, math.nan]])
    def test_too_few_values(self, values):
        low, high = bootstrap_interval(np.array(values))
        assert math.isnan(low) and math.isnan(high)

    def test_leaves_out_nans(self):
        values = np.array([0.1, 0.2, 0.4])
        with_gaps = np.array([0.1, math.nan, 0.2, 0.4, math.nan])
        assert bootstrap_interval(with_gaps) == bootstrap_interval(values)

    def test_lies_around_the_mean_and_within_the_values(self):
        values = np.random.default_rng(1).normal(size=12)
        low, high = bootstrap_interval(values)
        assert values.min() <= low < values.mean() < high <= values.max()
        assert bootstrap_interval(np.full(5, 0.25)) == (0.25, 0.25)

    def test_covers(self):
        rng = np.random.default_rng(2)
        covered = []
        for _ in range(200):
            low, high = bootstrap_interval(rng.normal(size=30))
            covered.append(low <= 0 <= high)
        # 95 % nominally, a little less for 30 values; two standard errors are 3 %.
        assert 0.88 <= np.mean(covered) <= 0.99


def test_half_way_noise_looks_only_at_known_points():
    x = np.array([0.1, 0.2, 0.4, 0.8, 1.6])
    errors = np.array([0.02, np.nan, 0.3, np.nan, 0.9])
    expected = half_way_noise(x[::2], errors[::2], 0.02, 0.9)
    assert half_way_noise(x, errors, 0.02, 0.9) == expected > 0.4


def curve_of(*sigmas: float, clean: float = 0.02, images: int = 100_000) -> Curve:
    seeds = []
    for sigma in sigmas:
        errors = np.round(logistic(sigma, 3, clean, 0.9) * images).astype(np.int64)
        seen = np.full(len(X), images)
        seeds.append(SeedCurve(errors[None], seen, round(clean * images), images))
    return Curve(X, tuple(seeds), np.full(len(X), images))


class TestSummarise:
    def test_beside_itself(self):
        curve = curve_of(0.3, 0.4, 0.5)
        found = summarise(curve, curve, 0.9)
        assert found.ratio == pytest.approx(1)
        assert found.clean == pytest.approx(0.02)
        assert found.half_way == pytest.approx(0.4, rel=0.01)
        areas = [log_area(X, rates) for rates in curve.rates]
        assert found.area == pytest.approx(np.mean(areas))
        assert found.interval == bootstrap_interval(np.array(areas))
        assert found.interval[0] < found.area < found.interval[1]

    def test_ratio_is_of_paired_seeds(self):
        # Each seed twice as robust as its own partner; seeds among themselves differ far more.
        found = summarise(curve_of(0.1, 0.4, 1.6), curve_of(0.05, 0.2, 0.8), 0.9)
        assert found.ratio == pytest.approx(2, rel=0.02)
        uneven = summarise(curve_of(0.2, 0.2), curve_of(0.1, 0.4), 0.9)
        assert uneven.ratio == pytest.approx((2 + 0.5) / 2, rel=0.02)

    def test_one_that_does_not_cross(self):
        found = summarise(curve_of(0.3, 500.0), curve_of(0.3, 0.3), 0.9)
        assert math.isnan(found.half_way) and math.isnan(found.ratio)
        assert not math.isnan(found.area)
        assert math.isnan(summarise(curve_of(0.3), curve_of(500.0), 0.9).ratio)

    def test_one_seed_has_no_interval(self):
        assert all(map(math.isnan, summarise(curve_of(0.3), curve_of(0.3), 0.9).interval))


def _paired(values: np.ndarray) -> Curve:
    """A curve of one draw a network from `(networks, S)` error counts of 1,000 images."""
    total = np.full(values.shape[1], 1_000)
    seeds = tuple(SeedCurve(row[None], total, 0, 0) for row in values)
    return Curve(np.arange(1.0, values.shape[1] + 1), seeds, total)


class TestPairedDifference:
    first = _paired(np.array([[100, 200, 300], [110, 230, 300], [90, 200, 330]]))
    second = _paired(np.array([[150, 200, 290], [160, 230, 300], [140, 200, 330]]))

    def test_constant_differences_have_no_width(self):
        found = paired_difference(self.first, self.second)
        np.testing.assert_allclose(found.mean, [0.05, 0, -0.01 / 3], atol=1e-12)
        assert found.runs == 3
        assert found.low[0] == pytest.approx(0.05) == found.high[0]
        assert found.low[2] < found.mean[2] <= found.high[2]

    def test_swapped(self):
        there = paired_difference(self.first, self.second)
        back = paired_difference(self.second, self.first)
        np.testing.assert_allclose(back.mean, -there.mean)
        np.testing.assert_allclose(back.low, -there.high, atol=1e-12)

    def test_one_run_has_no_interval(self):
        one = Curve(self.first.x, self.first.seeds[:1], self.first.total)
        found = paired_difference(one, self.second)
        assert found.runs == 1
        np.testing.assert_array_equal(found.low, found.mean)

    def test_other_axes_or_draws(self):
        moved = Curve(self.first.x * 2, self.first.seeds, self.first.total)
        assert paired_difference(moved, self.second) is None
        seed = self.first.seeds[0]
        twice = SeedCurve(np.repeat(seed.errors, 2, 0), seed.images)
        assert (
            paired_difference(Curve(self.first.x, (twice,), self.first.total), self.second) is None
        )
