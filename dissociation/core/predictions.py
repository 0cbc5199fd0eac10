"""A curve as somebody predicts it, and how far the measured one lies from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real

from dissociation.core.measures.base import Curve, Measure
from dissociation.core.statistics.summary import mean_over, sigma50_of, sigma50s
from dissociation.core.validation import InvalidValue

#: A prediction is the error at this many places of the axis, evenly spread over its length.
PLACES = 9
#: Points of the score that each percentage point of mean distance costs.
COST = 4.0


def _along(x: np.ndarray, log: bool) -> np.ndarray:
    return np.log(x) if log else np.asarray(x, float)


def places(measure: Measure) -> Float[np.ndarray, " places"]:
    """`(PLACES,)` where a curve of this measure is predicted, in the units of its axis.

    **Raises:** `InvalidValue` if the curve is a single point.
    """
    x, log = measure.x, measure.axes[0].log
    if len(x) < 2:
        raise InvalidValue("points", len(x), "a curve to be predicted needs at least 2")
    if log:
        return np.geomspace(x[0], x[-1], PLACES)
    return np.linspace(x[0], x[-1], PLACES)


def predicted_errors(measure: Measure, guess: Sequence[float]) -> Real[np.ndarray, " S"]:
    """`(S,)` the predicted error at each point of the measure, straight between the places.

    **Arguments:**

    - `guess`: `(PLACES,)` errors in [0, 1].
    """
    log = measure.axes[0].log
    return np.interp(_along(measure.x, log), _along(places(measure), log), np.asarray(guess))


@dataclass(frozen=True)
class Verdict:
    """How good a prediction was.

    - `distance`: mean absolute difference between predicted and measured error over the axis.
    - `unchanged`: the same for the prediction that the curve would be the reference's.
    - `sigma50`, `measured_sigma50`: σ50 of the prediction, and the networks' mean; NaN without.
    """

    distance: float
    unchanged: float
    sigma50: float
    measured_sigma50: float

    @property
    def score(self) -> int:
        """100 for a perfect prediction, less 4 for each percentage point of `distance`."""
        return score(self.distance)


def score(distance: float) -> int:
    """Points out of 100 for a mean absolute difference in error."""
    return max(0, round(100 - COST * 100 * distance))


def judge(
    measure: Measure, guess: Sequence[float], curve: Curve, reference: Curve
) -> Verdict | None:
    """Compares a prediction with what is measured so far.

    **Arguments:**

    - `guess`: `(PLACES,)` predicted errors in [0, 1].
    - `curve`: that was to be predicted; `reference`: of the trained networks. Both of `measure`.

    **Returns:** `None` while fewer than two points are known.
    """
    predicted = predicted_errors(measure, guess)
    axis = _along(measure.x, measure.axes[0].log)
    distance = mean_over(axis, np.abs(predicted - curve.mean))
    if np.isnan(distance):
        return None
    clean = float(np.mean([seed.clean for seed in curve.seeds]))
    return Verdict(
        distance,
        mean_over(axis, np.abs(reference.mean - curve.mean)),
        sigma50_of(measure.x, predicted, clean, measure.chance),
        float(sigma50s(curve, measure.chance).mean()),
    )
