"""At which noise scales a curve is computed, and the curve in between.

An expected error is a smooth curve: flat, then rising, then flat. It is computed at a few
noise scales, then half way between any two whose errors differ by much, and so on. Between them it
is a monotone cubic of log error over log σ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dissociation._lazy import interpolate

#: Computed first: noise scales that are no further apart than so many decades.
DECADES = 0.45
#: Errors that differ by a larger factor have one more in between.
FACTOR = 1.3
#: Added to errors, so that logarithms of hardly any error do not matter.
FLOOR = 2e-3


def coarse_scales(sigmas: np.ndarray) -> list[int]:
    """Positions that are computed first: both ends and some between, ascending."""
    spacing = np.log10(sigmas[-1] / sigmas[0]) / (len(sigmas) - 1)
    step = max(1, int(DECADES / spacing))
    return sorted({*range(0, len(sigmas), step), len(sigmas) - 1})


def missing_scales(known: Sequence[int], errors: Sequence[float]) -> list[int]:
    """Positions half way between known ones (ascending) whose errors differ by too much."""
    logs = np.log(np.asarray(errors) + FLOOR)
    return [
        (low + high) // 2
        for low, high, step in zip(known, known[1:], np.diff(logs), strict=False)
        if high - low > 1 and abs(step) > np.log(FACTOR)
    ]


def between(sigmas: np.ndarray, known: Sequence[int], errors: Sequence[float]) -> np.ndarray:
    """`(S,)` errors at all noise scales from those at the known positions, two or more."""
    logs = np.log(np.asarray(errors, float) + FLOOR)
    curve = interpolate.PchipInterpolator(np.log(sigmas[list(known)]), logs)
    return np.clip(np.exp(curve(np.log(sigmas))) - FLOOR, 0.0, 1.0)
