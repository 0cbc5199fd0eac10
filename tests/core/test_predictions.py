"""Predictions of curves: where they are made, how they are drawn out, and what they score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissociation.core.measures import Curve, InputNoise, ParameterNoise, SeedCurve, Transfer
from dissociation.core.predictions import PLACES, judge, places, predicted_errors, score
from dissociation.core.statistics.summary import sigma50_of
from dissociation.core.validation import InvalidValue

MEASURES = (ParameterNoise(points=17), InputNoise(points=5), Transfer(points=6, images=600))
guesses = st.lists(st.floats(0, 1), min_size=PLACES, max_size=PLACES)


def curve(measure, errors, images=1_000) -> Curve:
    errors, images = (
        np.broadcast_to(v, measure.x.shape).astype(np.int64) for v in (errors, images)
    )
    seed = SeedCurve(errors[None], images, 20, 1_000)
    return Curve(measure.x, (seed,), np.full(len(measure.x), 1_000))


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
class TestEveryMeasure:
    def test_places_are_even_and_reach_both_ends(self, measure):
        found = places(measure)
        assert found.shape == (PLACES,)
        np.testing.assert_allclose(found[[0, -1]], measure.x[[0, -1]])
        along = np.log(found) if measure.axes[0].log else found
        np.testing.assert_allclose(np.diff(along), np.diff(along)[0])

    @given(guess=guesses)
    def test_drawn_out_it_passes_through_what_was_given(self, measure, guess):
        drawn = predicted_errors(measure, guess)
        assert drawn.shape == measure.x.shape
        assert drawn[0] == pytest.approx(guess[0]) and drawn[-1] == pytest.approx(guess[-1])
        assert min(guess) - 1e-9 <= drawn.min() and drawn.max() <= max(guess) + 1e-9

    @given(guess=guesses)
    def test_what_is_measured_as_predicted_scores_100(self, measure, guess):
        exact = predicted_errors(measure, guess) * 1_000
        # Counts are whole numbers.
        found = judge(measure, guess, curve(measure, exact.round()), curve(measure, 500))
        assert found.distance <= 5.001e-4 and found.score == 100

    @given(guess=guesses, shift=st.floats(0, 1))
    def test_a_constant_error_is_the_distance(self, measure, guess, shift):
        errors = np.full(len(measure.x), 300)
        level, reference = 0.3 + 0.7 * shift, curve(measure, 400)
        found = judge(measure, [level] * PLACES, curve(measure, errors), reference)
        assert found.distance == pytest.approx(0.7 * shift, abs=1e-9)
        assert found.unchanged == pytest.approx(0.1)
        assert found.score == score(found.distance)


@pytest.mark.parametrize(
    "distance, expected", [(0, 100), (0.01, 96), (0.1, 60), (0.25, 0), (0.9, 0)]
)
def test_score(distance, expected):
    assert score(distance) == expected


def test_a_curve_that_is_still_filling_is_judged_by_what_there_is():
    measure = ParameterNoise(points=5)
    images = np.array([1_000, 0, 1_000, 0, 1_000])
    half = curve(measure, np.where(images > 0, 200, 0), images)
    found = judge(measure, [0.2] * PLACES, half, half)
    assert found.distance == pytest.approx(0)
    one = curve(measure, 0, np.array([1_000, 0, 0, 0, 0]))
    assert judge(measure, [0.2] * PLACES, one, half) is None


def test_half_way_of_both():
    measure = ParameterNoise(points=33)
    guess = np.linspace(0.02, 0.9, PLACES)
    steep = np.where(np.arange(33) < 20, 20, 900)
    found = judge(measure, guess, curve(measure, steep), curve(measure, 20))
    drawn = predicted_errors(measure, guess)
    assert found.sigma50 == sigma50_of(measure.x, drawn, 0.02, measure.chance)
    assert measure.x[19] < found.measured_sigma50 <= measure.x[20]


def test_a_single_point_is_no_curve():
    with pytest.raises(InvalidValue, match="at least 2"):
        places(Transfer(points=1, images=600))
