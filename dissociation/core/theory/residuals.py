"""Where a predicted curve and the measured one part, and whether chance can explain it.

What is measured is a mean over few draws of the noise, and the prediction one over few images. The
first is uncertain by the spread of the runs (networks and draws) around their own predictions,
pooled over neighbouring noise scales, because few runs tell it badly at any one of them; the second
by the spread over its images. What is left beyond both is an assumption of the theory that fails.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dissociation.core.measures.base import Curve
from dissociation.core.theory.prediction import Prediction

#: Noise scales on either side over which the spread of runs is pooled.
NEIGHBOURS = 3
#: Standard errors beyond which, at the worst of all noise scales, chance is no explanation, and the
#: share of the axis' height from which anybody would see a gap.
BEYOND, VISIBLE = 3.0, 0.02
#: Least error on a logarithmic axis; what lies below is not on the chart.
BOTTOM = 0.01


class Residual(NamedTuple):
    """The largest gap between a measured curve and its prediction, as it is seen on the axis.

    - `sigma`: where; `measured`, `predicted`: errors in [0, 1].
    - `chance`: standard error of their difference, NaN if a single run leaves it unknown.
    - `visible`: whether the gap is large enough to be seen.
    """

    sigma: float
    measured: float
    predicted: float
    chance: float
    visible: bool = True

    @property
    def difference(self) -> float:
        """Measured minus predicted."""
        return self.measured - self.predicted

    @property
    def beyond_chance(self) -> bool:
        """Whether an assumption of the theory must have failed."""
        # Of a chance that is unknown nothing can be said: comparisons with NaN are false.
        return abs(self.difference) > BEYOND * self.chance and self.visible


def largest_residual(curve: Curve, prediction: Prediction, *, log: bool = True) -> Residual | None:
    """Where a curve and its prediction part most; `None` while either still grows.

    **Arguments:**

    - `curve`, `prediction`: of the same networks.
    - `log`: whether the axis of errors is logarithmic, from 0.01 to 1, or linear: the gap is the
        largest in its units.
    """
    grown = curve.complete and all(seed.complete for seed in prediction.seeds)
    if not grown or len(curve.seeds) != len(prediction.seeds):
        return None
    expected = prediction.mean
    residuals = [
        measured.rates - predicted.errors
        for measured, predicted in zip(curve.seeds, prediction.seeds, strict=True)
    ]
    runs = np.concatenate(residuals)
    # Of networks with as many draws each, as everywhere.
    difference = runs.mean(0)
    measured = expected + difference
    gap, unit = np.abs(difference), np.ones_like(expected)
    if log:
        ends = np.log(np.maximum([measured, expected], BOTTOM))
        gap, unit = np.abs(ends[0] - ends[1]) / -np.log(BOTTOM), np.maximum(expected, BOTTOM)
    worst = int(np.argmax(gap))
    near = slice(max(0, worst - NEIGHBOURS), worst + NEIGHBOURS + 1)
    chance = float("nan")
    if len(runs) > 1:
        pooled = np.mean((runs / unit)[:, near].var(0, ddof=1))
        sampling = np.mean([own.sampling[worst] for own in prediction.seeds])
        # All networks are measured on the same images.
        chance = float(np.hypot(unit[worst] * np.sqrt(pooled / len(runs)), sampling))
    return Residual(
        float(curve.x[worst]),
        float(measured[worst]),
        float(expected[worst]),
        chance,
        bool(gap[worst] > VISIBLE),
    )
