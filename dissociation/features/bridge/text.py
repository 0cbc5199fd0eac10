"""What the Bridge page says of its points and of the laws through them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dissociation.address.names import condition_key, side_name
from dissociation.address.table import Values
from dissociation.core.theory.bridge import Candidate, Point, laws, within
from dissociation.core.theory.norms import IMAGES, NORM_NAMES, PREDICTORS
from dissociation.features.bridge.address import ALL
from dissociation.web.shell.state import plain

#: A law that is right up to this factor is counted as right.
FACTOR = 1.25
STATEMENT = (
    "The linear theory (Braun, Grant & Saxe, ICML 2025): of all networks of one function those "
    "with small norms of representation and weights stand the most parameter noise. If only the "
    "size of the logits' noise mattered, σ50 would fall with the noise gain to the power −½."
)
READING = (
    "Each point is one network: σ50, the noise at which half of what can be lost is lost, against "
    f"what its norms are, averaged over {IMAGES} test images. A line joins the strengths of one "
    "rewrite, from weak (small) to strong (large)."
)


def _slope(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def verdict(points: Sequence[Point], across: str, *, finished: bool = True) -> str:
    """How far the linear law carries; empty while there are too few points.

    **Arguments:**

    - `finished`: whether no more points are to come.
    """
    best, linear = laws(points, across)
    if best is None:
        return ""
    label = PREDICTORS[across].label.lower()
    words = (
        f"{'Over' if finished else 'So far, over'} {best.points} networks σ50 goes with the "
        f"{label} to the power "
        f"{_slope(best.slope)} (R² = {best.r2:.2f})"
    )
    if linear is None:
        return f"{words}."
    right = within(points, across, linear, FACTOR)
    return (
        f"{words}; the linear law predicts a slope of {_slope(linear.slope)}; {right} of "
        f"{best.points} networks lie within a factor of {FACTOR:g} of it."
    )


def furthest(points: Sequence[Point], across: str) -> str:
    """Which network the linear law is most wrong about; empty without such a law."""
    linear = laws(points, across).linear
    if linear is None:
        return ""
    value = PREDICTORS[across].value
    known = [p for p in points if math.isfinite(p.sigma50) and value(p.norms) > 0]
    ratios = [(math.log(p.sigma50 / float(linear(value(p.norms)))), p) for p in known]
    off, point = max(ratios, key=lambda pair: abs(pair[0]))
    return (
        f"It is most wrong about {plain(side_name(point.side))}, whose σ50 is "
        f"{math.exp(off):.2g} times what the law predicts."
    )


def how_many(candidates: Sequence[Candidate], points: Sequence[Point], values: Values) -> str:
    """How many of the networks are there, and what is left out."""
    undefined = sum(not math.isfinite(point.sigma50) for point in points)
    missing = sum(candidate.wanted for candidate in candidates) - len(points)
    words = f"{len(points)} networks are known"
    if values["compute"] != ALL:
        words += ", those whose robustness other pages have measured"
        if missing > 0:
            words += f"; at least {missing} of the usual strengths are missing"
    if undefined:
        words += (
            f"; {undefined} are left out, as their error is nowhere half way from clean to chance "
            "within the range of noise"
        )
    return f"{words}."


#: The columns of a table.
BRIDGE = ("name", "rewrite", "strength", "network", "sigma50", *PREDICTORS, *NORM_NAMES)


def bridge_rows(points: Sequence[Point]) -> list[list[Any]]:
    """One row a network, with [`BRIDGE`][]; a σ50 that is not defined is `None`."""
    lines: list[list[Any]] = []
    for point in points:
        steps = point.side.manipulations
        strengths = "+".join(f"{step.strength:g}" for step in steps)
        about = [side_name(point.side), condition_key(steps), strengths, point.side.seed + 1]
        half = point.sigma50 if math.isfinite(point.sigma50) else None
        told = [predictor.value(point.norms) for predictor in PREDICTORS.values()]
        lines.append([*about, half, *told, *point.norms.flat().values()])
    return lines


def bridge_table(points: Sequence[Point]) -> pd.DataFrame:
    """One row a network."""
    return pd.DataFrame(bridge_rows(points), columns=BRIDGE)
