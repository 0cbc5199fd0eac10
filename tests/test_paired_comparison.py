"""Paired comparisons: numbers worked out by hand and by scipy, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dissociation.errors import InvalidValue
from dissociation.experiment import Experiment
from dissociation.hypothesis import (
    POWER,
    SIGNIFICANCE,
    SUMMARIES,
    compare,
    confounds,
    error_at,
    networks_needed,
    summaries,
)
from dissociation.manipulations import Permute, Scale
from dissociation.measures import Curve, InputNoise, ParameterNoise, SeedCurve
from dissociation.statistics import half_way_noise, log_area

X = np.array([0.01, 0.1, 1.0])
TOTAL = np.full(3, 1_000)


def curve(*rows, notes=None) -> Curve:
    seeds = [SeedCurve(np.array([row]), TOTAL, 20, 1_000, notes or {}) for row in rows]
    return Curve(X, tuple(seeds), TOTAL)


class TestSummaries:
    rows = ([20, 300, 900], [30, 500, 900])

    def test_each_is_that_of_its_network(self):
        found = curve(*self.rows)
        rates = np.array(self.rows) / 1_000
        half = [half_way_noise(X, row, 0.02, 0.9) for row in rates]
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
        assert found.told_apart and found.interval[0] >= 0.5 and found.interval[1] <= 2

    def test_equal_differences_have_no_effect_size(self):
        found = compare(np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.3, 0.4]))
        assert np.isnan(found.effect) and found.needed is None and found.told_apart

    def test_nothing_to_compare(self):
        found = compare(np.array([np.nan]), np.array([1.0]))
        assert len(found.first) == 0 and found.left_out == 1 and np.isnan(found.difference)

    @given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=8))
    def test_swapped(self, pairs):
        a, b = np.array(pairs).T
        there, back = compare(a, b), compare(b, a)
        assert there.difference == pytest.approx(-back.difference, abs=1e-12)
        assert there.share + back.share + np.mean(a == b) == pytest.approx(1)
        assert there.interval[0] - 1e-9 <= there.difference <= there.interval[1] + 1e-9
        assert there.needed == back.needed


class TestNeeded:
    @pytest.mark.parametrize("effect", [0.2, 0.5, 0.8, 1.0, 2.5, -0.5])
    def test_the_fewest_with_power(self, effect):
        n = networks_needed(effect)

        def power(n: int) -> float:
            critical = stats.t.ppf(1 - SIGNIFICANCE / 2, n - 1)
            shift = abs(effect) * np.sqrt(n)
            above = stats.nct.sf(critical, n - 1, shift)
            return float(above + stats.nct.cdf(-critical, n - 1, shift))

        assert power(n) >= POWER and (n == 2 or power(n - 1) < POWER)

    def test_known_plan(self):
        # A medium effect, d_z = 0.5, at 5 % and 80 % needs 34 pairs: a standard result of planning.
        assert networks_needed(0.5) == 34

    @pytest.mark.parametrize("effect", [0.0, float("nan"), float("inf"), 1e-6])
    def test_none(self, effect):
        assert networks_needed(effect) is None

    def test_huge(self):
        assert networks_needed(1e6) == 2


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
