"""Where a measured curve and its prediction part."""

from __future__ import annotations

import numpy as np
import pytest

from dissociation.measures.base import Curve, SeedCurve
from dissociation.theory import Prediction, SeedPrediction
from dissociation.theory.residuals import largest_residual

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
    found = largest_residual(_curve(*noise), _prediction(4))
    assert abs(found.difference) < 0.04 and 0.005 < found.chance < 0.02
    assert not found.beyond_chance


def test_a_difference_that_is_not():
    random = np.random.default_rng(0)
    noise = 0.01 * random.standard_normal((4, 9))
    noise[:, 5] += 0.1
    found = largest_residual(_curve(*noise), _prediction(4))
    assert found.sigma == pytest.approx(X[5]) and found.predicted == pytest.approx(EXPECTED[5])
    assert found.difference == pytest.approx(0.1, abs=0.02) and found.beyond_chance


def test_one_run_leaves_it_open():
    found = largest_residual(_curve(np.full(9, 0.1)), _prediction(1))
    assert np.isnan(found.chance) and found.difference == pytest.approx(0.1, abs=1e-3)
    assert not found.beyond_chance


def test_nothing_measured_yet():
    curve = _curve(np.zeros(9))
    nothing = SeedCurve(curve.seeds[0].errors, np.zeros(9, int))
    assert largest_residual(Curve(X, (nothing,), curve.total), _prediction(1)) is None
    # Of curves that begin with some of their points, these.
    some = SeedCurve(curve.seeds[0].errors, np.where(np.arange(9) < 2, IMAGES, 0))
    assert largest_residual(Curve(X, (some,), curve.total), _prediction(1)).sigma <= X[1]
