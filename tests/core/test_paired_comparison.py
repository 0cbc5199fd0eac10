"""Paired comparisons: numbers worked out by hand and by scipy, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dissociation.core.experiment import Experiment
from dissociation.core.manipulations import Permute, Scale
from dissociation.core.measures import Curve, InputNoise, ParameterNoise, SeedCurve
from dissociation.core.statistics.hypothesis import (
    POWER,
    SIGNIFICANCE,
    SUMMARIES,
    compare,
    confounds,
    error_at,
    networks_needed,
    sign_flip,
    summaries,
)
from dissociation.core.statistics.summary import log_area, sigma50_of
from dissociation.core.validation import InvalidValue

X = np.array([0.01, 0.1, 1.0])
finite = st.floats(-5, 5).map(lambda value: round(value, 6))
TOTAL = np.full(3, 1_000)


def curve(*rows, notes=None) -> Curve:
    seeds = [SeedCurve(np.array([row]), TOTAL, 20, 1_000, notes or {}) for row in rows]
    return Curve(X, tuple(seeds), TOTAL)


class TestSummaries:
    rows = ([20, 300, 900], [30, 500, 900])

    def test_each_is_that_of_its_network(self):
        found = curve(*self.rows)
        rates = np.array(self.rows) / 1_000
        half = [sigma50_of(X, row, 0.02, 0.9) for row in rates]
        np.testing.assert_allclose(summaries(found, "half_way", chance=0.9, at=1), half)
        area = [log_area(X, row) for row in rates]
        np.testing.assert_allclose(summaries(found, "area", chance=0.9, at=1), area)
        between = summaries(found, "at", chance=0.9, at=np.sqrt(0.1))
        np.testing.assert_allclose(between, [0.6, 0.7])

    @pytest.mark.parametrize("where", [0.009, 1.1])
    def test_outside(self, where):
        with pytest.raises(InvalidValue, match=r"from 0\.01 to 1"):
            error_at(X, np.array([0.1, 0.2, 0.3]), where)

    def test_unknown(self):
        with pytest.raises(InvalidValue, match="summary"):
            summaries(curve([1, 2, 3]), "median", chance=0.9, at=1)
        assert set(SUMMARIES) == {"half_way", "area", "at"}


class TestCompare:
    def test_by_hand(self):
        found = compare(np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 2.5, 5.0, 1.0]))
        assert found.left_out == 1 and found.share == 1
        assert found.difference == pytest.approx(3.5 / 3)
        assert found.effect == pytest.approx((3.5 / 3) / np.std([1, 0.5, 2], ddof=1))
        expected = stats.ttest_1samp([1, 0.5, 2], 0)
        assert found.interval == pytest.approx(expected.confidence_interval())
        assert found.p_value == pytest.approx(expected.pvalue)
        # All differences above 0 is the least of three networks' p values.
        assert found.sign_flip == 0.25 and not found.interval_excludes_zero and found.needed is None

    @given(st.lists(st.tuples(finite, finite), min_size=3, max_size=9))
    def test_test_p_value_and_interval_agree(self, pairs):
        a, b = np.array(pairs).T
        found = compare(a, b)
        if np.isnan(found.effect):
            assert not found.interval_excludes_zero and found.needed is None
            return
        assert found.p_value == pytest.approx(stats.ttest_rel(b, a).pvalue, rel=1e-6, abs=1e-12)
        # At the edge itself, rounding decides.
        assert abs(found.p_value - 0.05) < 1e-9 or found.interval_excludes_zero == (
            found.p_value < 0.05
        )
        assert found.interval_excludes_zero or found.needed is None

    def test_equal_differences_have_no_test(self):
        found = compare(np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.3, 0.4]))
        assert np.isnan(found.effect) and found.needed is None and not found.interval_excludes_zero
        assert np.isnan([found.p_value, *found.interval]).all()

    def test_nothing_to_compare(self):
        found = compare(np.array([np.nan]), np.array([1.0]))
        assert len(found.first) == 0 and found.left_out == 1 and np.isnan(found.difference)

    @given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=8))
    def test_swapped(self, pairs):
        a, b = np.array(pairs).T
        there, back = compare(a, b), compare(b, a)
        assert there.difference == pytest.approx(-back.difference, abs=1e-12)
        assert there.share + back.share + np.mean(a == b) == pytest.approx(1)
        low, high = there.interval
        assert np.isnan(low) or low - 1e-9 <= there.difference <= high + 1e-9
        assert there.needed == back.needed


class TestSignFlip:
    @pytest.mark.parametrize("networks", [3, 5, 9, 12])
    def test_is_scipy_s_exact_permutation_test(self, networks):
        rng = np.random.default_rng(networks)
        for differences in (rng.normal(0.5, 1, networks), rng.integers(-2, 4, networks) / 10):
            expected = stats.permutation_test(
                (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
            )
            assert sign_flip(differences) == pytest.approx(expected.pvalue)

    @pytest.mark.parametrize("networks", [0, 2, 13])
    def test_of_too_few_or_too_many(self, networks):
        assert np.isnan(sign_flip(np.ones(networks)))

    def test_holds_its_level(self):
        rng = np.random.default_rng(0)
        found = [sign_flip(rng.standard_t(3, 8)) for _ in range(2_000)]
        assert 0.03 < np.mean(np.array(found) < 0.05) <= 0.06


class TestSpread:
    def test_draws_or_networks(self):
        rng = np.random.default_rng(0)
        nothing = np.zeros(20)
        for own, single, share in ((0.1, 2.0, 1), (2.0, 0.1, 0)):
            draws = rng.normal(1, own, (20, 1)) + rng.normal(0, single, (20, 4))
            found = compare(nothing, draws.mean(1), draws)
            assert found.share_of_draws == pytest.approx(share, abs=0.05)
            assert found.by_draw == pytest.approx(single, rel=0.2)


class TestNeeded:
    @pytest.mark.parametrize("effect", [0.2, 0.5, 0.8, 1.0, 2.5, -0.5])
    def test_the_fewest_with_power(self, effect):
        n = networks_needed(effect)

        def power(n: int) -> float:
            critical = stats.t.ppf(1 - SIGNIFICANCE / 2, n - 1)
            shift = abs(effect) * np.sqrt(n)
            above = stats.nct.sf(critical, n - 1, shift)
            return float(above + stats.nct.cdf(-critical, n - 1, shift))

        assert power(n) >= POWER and (n == 3 or power(n - 1) < POWER)

    @pytest.mark.parametrize("effect, pairs", [(0.2, 199), (0.5, 34), (0.8, 15)])
    def test_known_plans(self, effect, pairs):
        # Small, medium and large effects at 5 % and 80 %: standard results of planning.
        assert networks_needed(effect) == pairs

    @pytest.mark.parametrize("effect", [0.0, float("nan"), float("inf"), 1e-6])
    def test_none(self, effect):
        assert networks_needed(effect) is None

    def test_huge(self):
        assert networks_needed(1e6) == 3


class TestConfounds:
    def said(self, first, second, *, networks=5, notes=None, measure=None) -> str:
        measure = measure or ParameterNoise(points=3)
        pair = [Experiment(measure, steps, seeds=networks) for steps in (first, second)]
        rows = [[20, 300, 900]] * networks
        return " ".join(confounds(pair, [curve(*rows, notes=notes), curve(*rows)]))

    def test_nothing_speaks_against_it(self):
        assert self.said((), (Scale(20.0),)) == ""

    def test_each(self):
        assert "2 networks only" in self.said((), (Scale(20.0),), networks=2)
        assert "1 network only" in self.said((), (Scale(20.0),), networks=1)
        assert "different strengths" in self.said((Scale(3.0),), (Scale(20.0),))
        assert "2 steps" in self.said((), (Scale(20.0), Permute(1.0)))
        assert "by construction" in self.said((), (Scale(20.0),), measure=InputNoise(points=3))
        probe = {"probe": [{"converged": False}]}
        assert "had not converged" in self.said((), (Scale(20.0),), notes=probe)
