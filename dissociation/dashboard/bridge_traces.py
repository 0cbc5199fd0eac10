"""The points of the bridge, and the laws through them, as the traces that its chart draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dissociation.core.theory.bridge import Point, laws
from dissociation.core.theory.norms import PREDICTORS
from dissociation.dashboard.causes_traces import line
from dissociation.dashboard.numbers import plain_number

#: Keys of the lines that are no sweeps.
BEST, LINEAR = "best-law", "linear-law"
SIGMA50 = "sigma50"


def bridge_traces(points: Mapping[int, Point]) -> list[dict[str, Any]]:
    """One trace a network, with its `places`, and two a predictor: the best and the linear law.

    **Arguments:**

    - `points`: by the position of their candidates.
    """
    traces: list[dict[str, Any]] = []
    for number, point in points.items():
        places = {name: plain_number(p.value(point.norms)) for name, p in PREDICTORS.items()}
        places[SIGMA50] = plain_number(point.sigma50)
        measure = point.experiment.measure
        detail = f"{measure.images:,} images, {getattr(measure, 'draws', 1)} draws"
        place = {"x": [0], "y": [0], "detail": detail}
        traces.append({"key": str(number), **place, "places": places})
    known = [point for point in points.values() if math.isfinite(point.sigma50)]
    for name, predictor in PREDICTORS.items():
        across = [predictor.value(point.norms) for point in known]
        for key, law in zip((BEST, LINEAR), laws(known, name), strict=True):
            if law is not None:
                ends = np.array([min(filter(None, across)), max(across)])
                # A quarter further on both sides, so that lines are seen to go on.
                ends = ends * (ends[1] / ends[0]) ** np.array([-0.1, 0.1])
                own = {"slope": plain_number(law.slope), "r2": plain_number(law.r2)}
                traces.append({**line(f"{key}-{name}", ends, law(ends)), **own})
    return traces
