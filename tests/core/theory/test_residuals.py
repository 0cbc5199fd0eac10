"""Where a measured curve and its prediction part."""

from __future__ import annotations

import numpy as np
import pytest

from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.theory import Prediction, SeedPrediction
from dissociation.core.theory.residuals import largest_residual

X = np.geomspace(0.01, 1.0, 9)
EXPECTED = np.linspace(0.02, 0.9, 9)
IMAGES = 10_000


def _prediction(seeds=2):
    own = SeedPrediction(EXPECTED, np.full(9, 0.005), 512, 512)
    return Prediction(X, (own,) * seeds)


def _curve(*offsets, draws=1, images=IMAGES):
    """One network an offset `(S,)` from what is expected."""
    seeds = []
    for offset in offsets:
        errors = np.round((EXPECTED + offset) * images).astype(int)
        seeds.append(SeedCurve(np.tile(errors, (draws, 1)), np.full(9, images)))
    return Curve(X, tuple(seeds), np.full(9, images))


def test_differences_that_are_chance():
    random = np.random.default_rng(0)
    noise = 0.02 * random.standard_normal((4, 9))
    found = largest_residual(_curve(*noise), _prediction(4), log=False)
    assert abs(found.difference) < 0.04 and 0.005 < found.chance < 0.02
    assert not found.beyond_chance


def test_a_difference_that_is_not():
    random = np.random.default_rng(0)
    noise = 0.01 * random.standard_normal((4, 9))
    noise[:, 5] += 0.1
    found = largest_residual(_curve(*noise), _prediction(4), log=False)
    assert found.sigma == pytest.approx(X[5]) and found.predicted == pytest.approx(EXPECTED[5])
    assert found.difference == pytest.approx(0.1, abs=0.02) and found.beyond_chance


def test_one_run_leaves_it_open():
    found = largest_residual(_curve(np.full(9, 0.1)), _prediction(1), log=False)
    assert np.isnan(found.chance) and found.difference == pytest.approx(0.1, abs=1e-3)
    assert not found.beyond_chance


def test_as_the_eye_sees_it():
    """3 points at 2 % are a long way on a logarithmic axis, 10 points at 68 % are not."""
    gaps = np.zeros(9)
    gaps[0], gaps[6] = 0.03, 0.1
    jitter = 0.001 * np.random.default_rng(0).standard_normal((4, 9))
    curve, prediction = _curve(*(gaps + jitter)), _prediction(4)
    low, high = (largest_residual(curve, prediction, log=log) for log in (True, False))
    assert low.sigma == pytest.approx(X[0]) and high.sigma == pytest.approx(X[6])
    assert low.beyond_chance and high.beyond_chance


def test_what_is_below_the_axis_is_not_seen():
    expected = np.r_[0.001, EXPECTED[1:]]
    own = SeedPrediction(expected, np.full(9, 1e-4), 512, 512)
    errors = np.round((np.r_[0.008, EXPECTED[1:]] + np.r_[np.zeros(8), 0.02]) * IMAGES).astype(int)
    curve = Curve(X, (SeedCurve(errors[None], np.full(9, IMAGES)),) * 2, np.full(9, IMAGES))
    assert largest_residual(curve, Prediction(X, (own,) * 2)).sigma == pytest.approx(X[8])


def test_nothing_is_said_while_either_grows():
    whole, prediction = _curve(np.full(9, 0.1), np.full(9, 0.2)), _prediction(2)
    assert largest_residual(whole, prediction) is not None
    first, second = whole.seeds
    some = SeedCurve(first.errors, np.where(np.arange(9) < 2, IMAGES, 0))
    few = SeedCurve(first.errors // 10, first.images // 10)
    for seeds in ((some, second), (few, second), (first,)):
        assert largest_residual(Curve(X, seeds, whole.total), prediction) is None
    coarse = SeedPrediction(EXPECTED, np.full(9, 0.005), 64, 512)
    for seeds in ((coarse, *prediction.seeds[:1]), prediction.seeds[:1]):
        assert largest_residual(whole, Prediction(X, seeds)) is None
