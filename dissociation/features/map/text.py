"""What the Map page says of its points, and which statement of the paper it illustrates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dissociation.core.manipulations import REGISTRY
from dissociation.core.shares import percent
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import ComparisonResult
from dissociation.features.map.address import LANDMARK_GROUPS, OTHERS, ROBUSTNESS, ROTATED, Point
from dissociation.web.shell.state import plain

CORNERS = (
    ("top left", "same function,\ndifferent representation"),
    ("bottom right", "different function,\nsimilar representation"),
)
CORNERS_OF_ROBUSTNESS = (("top left", "← more fragile"), ("top right", "more robust →"))
_PAPER = "Braun, Grant & Saxe, *Not all solutions are created equal*, ICML 2025"
#: By what is across; in the words of the paper's abstract where quoted.
_FUNCTION = (
    "The paper's statement: function and representation are dissociated, “allowing "
    f"representational similarity without functional similarity and vice versa” ({_PAPER})."
)
_STATEMENTS = {
    "parameter_noise": (
        "The paper's statement: networks robust to parameter noise “have limited representational "
        f"flexibility and must employ task-specific representations” ({_PAPER}); what lies far to "
        "the right should therefore not lie far up."
    ),
    "input_noise": (
        "The paper's statement: robustness to input noise does not “constrain representations to "
        f"the task” ({_PAPER}); straight above the trained network lies whatever is exactly as "
        "robust and represents otherwise."
    ),
}


def group_name(point: Point) -> str:
    """The rewrite, or which kind of network the point is."""
    return LANDMARK_GROUPS.get(point.group) or REGISTRY[point.group].label


def statement(across: str) -> str:
    """The paper's statement that a map illustrates, by what is across."""
    return _STATEMENTS.get(across, "" if across in ROBUSTNESS else _FUNCTION)


def lead(across: str) -> str:
    """What the page is of, by what is across."""
    if across in ROBUSTNESS:
        return (
            "How robust a network is across, how it *represents* things up. All rewrites do what "
            "the trained network does, on the images that they are exact on."
        )
    return (
        "What a network *does* across, how it *represents* things up. Rewrites that keep every "
        "answer climb the left edge; networks trained from other seeds, or to tell which way up an "
        "image is, stand to the right."
    )


def reading(across: str, nothing: float) -> str:
    """How to read a map, by what is across; `nothing` is where its left edge is."""
    if across in ROBUSTNESS:
        measure = ROBUSTNESS[across]
        draws = "1 draw" if measure.runs == 1 else f"{measure.runs} draws"
        place = (
            "Across: the noise at which half of what can be lost is lost (σ50, on "
            f"{measure.images:,} test images with {draws} of noise), so that points left of the "
            "dotted line are more fragile than the trained network"
        )
    else:
        place = f"At the left edge the function is the same but for rounding (below {nothing:g})"
    return (
        "Each point is the trained network beside another one: a rewrite of it (larger is "
        f"stronger, a line is a sweep), or a landmark. {place}."
    )


def corner_of_another_task(
    points: Sequence[Point], findings: Sequence[ComparisonResult | None], up: str
) -> str:
    """Whether “different function, similar representation” is to be seen, by what was measured.

    **Arguments:**

    - `findings`: of each point; `up`: the measure of representations.

    **Returns:** a sentence once the networks of another task and some rewrites that keep every
    answer are compared, else nothing.
    """
    measure = SIMILARITIES[up]
    known = [
        (point, measure.difference(found.values[up]), found.values["disagreement"])
        for point, found in zip(points, findings, strict=True)
        if found is not None
        and found.values.keys() >= {up, "disagreement"}
        and not found.undefined.keys() & {up, "disagreement"}
    ]
    others = [(far, changed) for point, far, changed in known if point.group == ROTATED]
    seeds = [far for point, far, _ in known if point.group == OTHERS]
    same = [
        (far, f"{group_name(point)}, {point.label}")
        for point, far, changed in known
        if point.group in REGISTRY and changed == 0
    ]
    if not others or not same:
        return ""
    far, changed = min(others)
    place = f"{far:.3g} up, another seed's {min(seeds):.3g}" if seeds else f"{far:.3g} up"
    further = [(other, name) for other, name in same if other > far]
    who = (
        f"**Different function, similar representation?** A network trained on rotation gives "
        f"{percent(changed)} of the images another answer"
    )
    if further:
        count = f"{len(further)} of the {len(same)} rewrites that keep every answer"
        return (
            f"{who}, yet its representation ({place}) is nearer to the trained network's than "
            f"those of {count} ({plain(max(further)[1])}: {max(further)[0]:.3g})."
        )
    return (
        f"{who}, and its representation ({place}) is further away than that of any of "
        f"the {len(same)} rewrites that keep every answer (at most {max(same)[0]:.3g}): by this "
        "measure, at this layer, that corner of the map is empty. Try the other hidden layer."
    )


def left_out(points: Sequence[Point], sigma50s: Sequence[float], finished: bool) -> list[str]:
    """Which points a map of robustness has no place for, and why.

    **Arguments:**

    - `sigma50s`: σ50 of each point, NaN where it is not known.
    - `finished`: whether what is not known will stay so.
    """
    found = []
    if any(point.group == ROTATED for point in points):
        found.append(
            "Networks trained on rotation are left out: they have no error on digits, so no σ50."
        )
    if finished:
        names = [
            f"{group_name(point)} ({point.label})"
            for point, sigma50 in zip(points, sigma50s, strict=True)
            if point.experiment is not None and math.isnan(sigma50)
        ]
        if names:
            found.append(
                "Left out, as their error is nowhere half way from clean to chance within the "
                f"range of noise: {plain('; '.join(names))}."
            )
    return found


def map_table(
    points: Sequence[Point], findings: Sequence[ComparisonResult | None], sigma50s: Sequence[float]
) -> pd.DataFrame:
    """One row a point that has found something: its name, its strength, and all measures.

    **Arguments:**

    - `sigma50s`: σ50 of each point, NaN where there is none.
    """
    robust = any(point.experiment is not None for point in points)
    rows = []
    for point, found, sigma50 in zip(points, findings, sigma50s, strict=True):
        if found is None or not found.values:
            continue
        row: dict[str, Any] = {"Network": group_name(point), "Strength": point.label}
        if robust:
            row["σ50"] = "" if math.isnan(sigma50) else f"{sigma50:.4g}"
        row |= {
            SIMILARITIES[measure].label: "undefined" if math.isnan(value) else f"{value:.4g}"
            for measure, value in found.values.items()
        }
        rows.append(row)
    return pd.DataFrame(rows)
