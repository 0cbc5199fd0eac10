from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Scale
from dissociation.core.measures import Curve, ParameterNoise, SeedCurve
from dissociation.core.runner import stream
from dissociation.core.statistics.summary import (
    interval,
    log_area,
    paired_difference,
    sigma50_of,
    spread,
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
        found = sigma50_of(X, logistic(sigma50, steepness, clean, chance), clean, chance)
        # A logistic curve is nearly straight around its middle, so interpolation hardly errs.
        assert found == pytest.approx(sigma50, rel=0.01)

    def test_interpolates_in_log_sigma(self):
        assert sigma50_of(np.array([1.0, 100.0]), np.array([0.0, 1.0]), 0, 1) == pytest.approx(10)
        found = sigma50_of(np.array([1.0, 100.0]), np.array([0.25, 0.75]), 0.0, 0.9)
        assert found == pytest.approx(100 ** ((0.45 - 0.25) / 0.5))

    def test_first_crossing_counts(self):
        errors = np.array([0.0, 0.6, 0.2, 0.8])
        assert sigma50_of(np.array([1.0, 2, 3, 4]), errors, 0, 1) < 2

    @pytest.mark.parametrize(
        "errors", [[0.1, 0.2, 0.3], [0.6, 0.7, 0.8], [math.nan] * 3, [math.nan, 0.6, 0.9]]
    )
    def test_outside_the_curve(self, errors):
        assert math.isnan(sigma50_of(np.array([1.0, 2, 3]), np.array(errors), 0.0, 1.0))

    def test_without_a_clean_error(self):
        assert math.isnan(sigma50_of(X, logistic(0.3, 3, 0, 0.9), math.nan, 0.9))

    def test_on_a_point(self):
        assert sigma50_of(np.array([1.0, 2, 3]), np.array([0, 0.5, 0.9]), 0, 1) == 2


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


class TestInterval:
    def test_is_student_s(self):
        values = np.random.default_rng(0).normal(size=(7, 3))
        expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        np.testing.assert_allclose(interval(values), [expected.low, expected.high])

    @pytest.mark.parametrize("values", [[], [0.3], [0.3, 0.4], [0.3, 0.4, math.nan]])
    def test_too_few_values(self, values):
        assert np.isnan(interval(np.array(values))).all()

    def test_leaves_out_nans(self):
        values = np.array([0.1, 0.2, 0.4])
        with_gaps = np.array([0.1, math.nan, 0.2, 0.4, math.nan])
        assert interval(with_gaps) == interval(values)

    def test_ends_where_the_mean_cannot_be(self):
        low, high = interval(np.array([0.0, 0.01, 0.05]), (0.0, 1.0))
        assert low == 0 and high == interval(np.array([0.0, 0.01, 0.05]))[1]

    @pytest.mark.parametrize("value", [0.0, 0.1, -1e-9, 1e9])
    def test_equal_values_say_nothing(self, value):
        assert np.isnan(interval(value + 0.1 - np.full(3, 0.1))).all()

    @pytest.mark.parametrize("networks", [3, 5, 10, 20])
    def test_covers(self, networks):
        values = np.random.default_rng(networks).normal(size=(networks, 20_000))
        low, high = interval(values)
        # The standard error of a share of 20,000 is 0.15 %.
        assert 0.945 < np.mean((low <= 0) & (high >= 0)) < 0.955


class TestSpread:
    def test_of_a_known_layout(self):
        rng = np.random.default_rng(0)
        networks, draws = rng.normal(0, 3, (4_000, 1)), rng.normal(0, 2, (4_000, 5))
        found = spread(networks + draws)
        assert found.between_networks == pytest.approx(3, rel=0.05)
        assert found.between_draws == pytest.approx(2, rel=0.05)
        assert found.share_of_draws(5) == pytest.approx(4 / 5 / (9 + 4 / 5), rel=0.1)

    def test_of_draws_alone(self):
        found = spread(np.array([[1.0, 3.0], [3.0, 1.0]]))
        assert found.between_networks == 0 and found.share_of_draws(2) == 1

    def test_a_single_draw_or_network_leaves_it_open(self):
        assert np.isnan(spread(np.ones((3, 1))).between_draws)
        assert np.isnan(spread(np.ones((1, 3))).between_networks)


def test_sigma50_looks_only_at_known_points():
    x = np.array([0.1, 0.2, 0.4, 0.8, 1.6])
    errors = np.array([0.02, np.nan, 0.3, np.nan, 0.9])
    expected = sigma50_of(x[::2], errors[::2], 0.02, 0.9)
    assert sigma50_of(x, errors, 0.02, 0.9) == expected > 0.4


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
        assert found.sigma50 == pytest.approx(0.4, rel=0.01)
        areas = [log_area(X, rates) for rates in curve.rates]
        assert found.area == pytest.approx(np.mean(areas))
        assert found.interval == interval(np.array(areas))
        assert found.interval[0] < found.area < found.interval[1]

    def test_ratio_is_of_paired_seeds(self):
        # Each seed twice as robust as its own partner; seeds among themselves differ far more.
        found = summarise(curve_of(0.1, 0.4, 1.6), curve_of(0.05, 0.2, 0.8), 0.9)
        assert found.ratio == pytest.approx(2, rel=0.02)
        uneven = summarise(curve_of(0.2, 0.2), curve_of(0.1, 0.4), 0.9)
        assert uneven.ratio == pytest.approx((2 + 0.5) / 2, rel=0.02)

    def test_one_that_does_not_cross(self):
        found = summarise(curve_of(0.3, 500.0), curve_of(0.3, 0.3), 0.9)
        assert math.isnan(found.sigma50) and math.isnan(found.ratio)
        assert not math.isnan(found.area)
        assert math.isnan(summarise(curve_of(0.3), curve_of(500.0), 0.9).ratio)

    def test_two_seeds_have_no_interval(self):
        found = summarise(curve_of(0.3, 0.4), curve_of(0.3, 0.5), 0.9)
        assert np.isnan([*found.interval, *found.ratio_interval]).all()

    def test_the_ratio_s_interval(self):
        found = summarise(curve_of(0.1, 0.4, 1.2), curve_of(0.05, 0.1, 0.8), 0.9)
        low, high = interval(np.array([2, 4, 1.5]), (0, np.inf))
        assert found.ratio_interval == pytest.approx((low, high), rel=0.02)
        # One that does not cross leaves an interval of the others, which is of something else.
        none = summarise(curve_of(0.1, 0.4, 0.3, 500.0), curve_of(0.1, 0.2, 0.1, 0.3), 0.9)
        assert np.isnan([none.ratio, *none.ratio_interval]).all()


def _paired(values: np.ndarray) -> Curve:
    """A curve of one draw a network from `(networks, S)` error counts of 1,000 images."""
    total = np.full(values.shape[1], 1_000)
    seeds = tuple(SeedCurve(row[None], total, 0, 0) for row in values)
    return Curve(np.arange(1.0, values.shape[1] + 1), seeds, total)


class TestPairedDifference:
    first = _paired(np.array([[100, 200, 300], [110, 230, 300], [90, 200, 330]]))
    second = _paired(np.array([[150, 200, 290], [160, 230, 300], [140, 200, 330]]))

    def test_is_the_t_interval_of_the_networks(self):
        found = paired_difference(self.first, self.second)
        np.testing.assert_allclose(found.mean, [0.05, 0, -0.01 / 3], atol=1e-12)
        # The first two are the same for all networks.
        assert found.low[0] == pytest.approx(0.05) == found.high[0] and found.low[1] == 0
        expected = stats.ttest_1samp([-0.01, 0, 0], 0).confidence_interval()
        np.testing.assert_allclose([found.low[2], found.high[2]], expected)

    def test_draws_of_a_network_are_no_networks(self):
        """However many draws there are of three networks, the interval is that of three."""
        errors = np.array([[[300], [340]], [[280], [400]], [[350], [310]]])
        total = np.full(1, 1_000)

        def curve(errors):
            return Curve(np.ones(1), tuple(SeedCurve(e, total) for e in errors), total)

        nothing = curve(np.zeros((3, 2, 1), int))
        found = paired_difference(nothing, curve(errors))
        many = paired_difference(curve(np.zeros((3, 64, 1), int)), curve(np.tile(errors, (32, 1))))
        expected = stats.ttest_1samp(errors.mean((1, 2)) / 1_000, 0).confidence_interval()
        for each in (found, many):
            np.testing.assert_allclose([each.low[0], each.high[0]], expected)
        assert (found.networks, found.draws) == (3, 2) and (many.networks, many.draws) == (3, 64)

    def test_swapped(self):
        there = paired_difference(self.first, self.second)
        back = paired_difference(self.second, self.first)
        np.testing.assert_allclose(back.mean, -there.mean)
        np.testing.assert_allclose(back.low, -there.high, atol=1e-12)

    def test_two_networks_have_no_interval(self):
        two = Curve(self.first.x, self.first.seeds[:2], self.first.total)
        found = paired_difference(two, self.second)
        assert found.networks == 2
        np.testing.assert_array_equal(found.low, found.mean)

    def test_pairs_the_same_networks(self):
        x, total = self.first.x, self.first.total
        last = Curve(x, self.first.seeds[1:], total, (1, 2))
        found = paired_difference(last, Curve(x, self.second.seeds[:2], total, (0, 1)))
        assert found.networks == 1
        np.testing.assert_allclose(found.mean, [0.05, 0, 0], atol=1e-12)

    def test_other_axes_or_draws(self):
        moved = Curve(self.first.x * 2, self.first.seeds, self.first.total)
        assert paired_difference(moved, self.second) is None
        seed = self.first.seeds[0]
        twice = SeedCurve(np.repeat(seed.errors, 2, 0), seed.images)
        assert (
            paired_difference(Curve(self.first.x, (twice,), self.first.total), self.second) is None
        )


@pytest.fixture(scope="module")
def stages(reference_networks):
    """One curve from its first points on a few images to all points on all images."""
    measure = ParameterNoise(images=400, points=8, noise_low=1e-3)
    return list(stream(Experiment(measure, (Scale(1.0),), seeds=2), reference_networks))


class TestWhileCurvesFill:
    """Scaled by α = 1 is the trained network: at every stage, ratio 1 and difference 0, or none."""

    def test_the_same_network_never_differs_from_itself(self, stages):
        assert len(stages) >= 3
        for first, second in itertools.product(stages, stages):
            found, ratio = paired_difference(first, second), summarise(first, second, 0.9).ratio
            assert found is None or not found.mean.any()
            assert math.isnan(ratio) or ratio == 1
            if first is second:
                assert found is not None and ratio == 1

    def test_one_network_behind_the_other_is_left_out(self, stages):
        *_, before, last = stages
        mixed = Curve(last.x, (last.seeds[0], before.seeds[1]), last.total)
        found = paired_difference(mixed, last)
        assert found.networks == 1 and not found.mean.any()
