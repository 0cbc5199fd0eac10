"""Where a predicted curve and the measured one part, and whether chance can explain it.

What is measured is a mean over few draws of the noise, and the prediction one over few images. The
first is uncertain by the spread of the runs (networks and draws) around their own predictions,
pooled over neighbouring noise scales, because few runs tell it badly at any one of them; the second
by the spread over its images. What is left beyond both is an assumption of the theory that fails.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dissociation.measures.base import Curve
from dissociation.theory.prediction import Prediction

#: Noise scales on either side over which the spread of runs is pooled.
NEIGHBOURS = 3
#: Standard errors beyond which, at the worst of all noise scales, chance is no explanation, and the
#: error from which anybody would see it.
BEYOND, VISIBLE = 3.0, 0.02


class Residual(NamedTuple):
    """The largest difference between a measured curve and its prediction.

    - `sigma`: where; `measured`, `predicted`: errors in [0, 1].
    - `chance`: standard error of their difference, NaN if a single run leaves it unknown.
    """

    sigma: float
    measured: float
    predicted: float
    chance: float

    @property
    def difference(self) -> float:
        """Measured minus predicted."""
        return self.measured - self.predicted

    @property
    def beyond_chance(self) -> bool:
        """Whether an assumption of the theory must have failed."""
        # Of a chance that is unknown nothing can be said: comparisons with NaN are false.
        return abs(self.difference) > BEYOND * self.chance and abs(self.difference) > VISIBLE


def largest_residual(curve: Curve, prediction: Prediction) -> Residual | None:
    """Where a curve and its prediction part most, for the time both are known; `None` if never.

    **Arguments:** of the same networks, the prediction of at least those that are measured.
    """
    seeds = min(len(curve.seeds), len(prediction.seeds))
    known = np.flatnonzero(curve.images > 0)
    if not seeds or not len(known):
        return None
    runs = np.concatenate(
        [
            measured.rates[:, known] - predicted.errors[known]
            for measured, predicted in zip(curve.seeds, prediction.seeds, strict=False)
        ]
    )
    difference = runs.mean(0)
    worst = int(np.argmax(np.abs(difference)))
    near = slice(max(0, worst - NEIGHBOURS), worst + NEIGHBOURS + 1)
    chance = float("nan")
    if len(runs) > 1:
        spread = np.sqrt(np.mean(runs[:, near].var(0, ddof=1)) / len(runs))
        sampling = np.array([p.sampling[known[worst]] for p in prediction.seeds[:seeds]])
        # All networks are measured on the same images.
        chance = float(np.hypot(spread, sampling.mean()))
    predicted = prediction.rates[:seeds, known[worst]].mean()
    return Residual(
        float(curve.x[known[worst]]),
        float(predicted + difference[worst]),
        float(predicted),
        chance,
    )
