"""At which noise scales a curve is computed, and the curve in between.

An expected error is a smooth curve: flat, then rising, then flat. It is computed at a few noise
scales, then half way between any two whose errors differ by much, and so on. What differs is told,
and what lies between is drawn, on the scale of log odds, over log σ: as a monotone cubic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Real

from dissociation.core._lazy import interpolate

#: Computed first: noise scales that are no further apart than so many decades.
DECADES = 0.45
#: Log odds that differ by more have one more in between.
STEP = 0.7
#: Added to errors, so that logarithms of hardly any error do not matter.
FLOOR = 2e-3


def coarse_scales(sigmas: np.ndarray) -> list[int]:
    """Positions that are computed first: both ends and some between, ascending."""
    spacing = np.log10(sigmas[-1] / sigmas[0]) / (len(sigmas) - 1)
    step = max(1, int(DECADES / spacing))
    return sorted({*range(0, len(sigmas), step), len(sigmas) - 1})


def _odds(errors: Sequence[float]) -> np.ndarray:
    values = np.asarray(errors, float)
    return np.log((values + FLOOR) / (1 + FLOOR - values))


def missing_scales(known: Sequence[int], errors: Sequence[float]) -> list[int]:
    """Positions half way between known ones (ascending) whose errors differ by too much."""
    steps = np.abs(np.diff(_odds(errors)))
    gaps = zip(known, known[1:], steps, strict=False)
    return [(low + high) // 2 for low, high, step in gaps if high - low > 1 and step > STEP]


def between(
    sigmas: Float[np.ndarray, " S"], known: Sequence[int], errors: Sequence[float]
) -> Real[np.ndarray, " S"]:
    """`(S,)` errors at all noise scales from those at the known positions, two or more."""
    curve = interpolate.PchipInterpolator(np.log(sigmas[list(known)]), _odds(errors))
    odds = np.exp(curve(np.log(sigmas)))
    return np.clip((odds * (1 + FLOOR) - FLOOR) / (1 + odds), 0.0, 1.0)
