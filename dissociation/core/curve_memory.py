"""The memory of curves that are measured together; see [`sizes`][dissociation.core.sizes].

Each sum names the arrays that are there at the moment that takes most.
"""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.core.data.datasets import PIXELS
from dissociation.core.manipulations import Manipulation
from dissociation.core.measures import Measure, Transfer
from dissociation.core.measures.base import CHUNK
from dissociation.core.networks.training import Recipe
from dissociation.core.sizes import (
    CHILD,
    FLOAT,
    SLACK,
    network_bytes,
    rewriting_bytes,
    widths_after,
)

#: Rows are kept and made anew in turns, which leaves more of the heap unused.
NOISE_SLACK = 1.45
#: Draws of noise whose rows are kept from chunk to chunk, as in `measures/noise_measure.py`.
KEPT = 8
#: The rewrites of one condition, in order, and the widths of both hidden layers after them.
_Steps = Sequence[Manipulation]
_Widths = Sequence[tuple[int, int]]


def curve_bytes(
    measure: Measure, recipe: Recipe, conditions: Sequence[_Steps], networks: int
) -> float:
    """Bytes of arrays while curves are measured together.

    **Arguments:**

    - `conditions`: the rewrites of each, in order; `networks`: how many each is of.
    """
    rewriting = max(rewriting_bytes(recipe, steps) for steps in conditions)
    bytes_of = _transfer if isinstance(measure, Transfer) else _noise
    slack = SLACK if isinstance(measure, Transfer) else NOISE_SLACK
    return slack * bytes_of(measure, recipe, conditions, networks) + rewriting


def _apart(steps: _Steps) -> bool:
    """Whether the first layer is not the trained network's."""
    return any(step.layer == 1 or step.name == "input_null" for step in steps)


def _networks(recipe: Recipe, conditions: Sequence[_Steps], widths: _Widths) -> float:
    """A trained network and its rewritten ones, which share the first layers that are equal."""
    size = network_bytes(recipe.width, recipe.width)
    for steps, (one, two) in zip(conditions, widths, strict=True):
        if steps:
            shared = 0.0 if _apart(steps) else float(FLOAT * PIXELS * one)
            size += network_bytes(one, two) - shared
    return size


def _distinct(recipe: Recipe, conditions: Sequence[_Steps], widths: _Widths) -> float:
    """Rows of second layers that are not multiples of one another, times their length."""
    size = 0.0
    together = False
    for steps, (first, second) in zip(conditions, widths, strict=True):
        own = [step for step in steps if not step.multiplies_rows]
        if _apart(steps) or any(step.name == "hidden_null" for step in own):
            size += float(first * second)
        elif own:
            size += float(first * (second - recipe.width))
            together = True
        else:
            together = True
    return size + together * float(recipe.width * recipe.width)


def _noise(measure: Measure, recipe: Recipe, conditions: Sequence[_Steps], networks: int) -> float:
    widths = [widths_after(recipe, steps) for steps in conditions]
    runs = networks * getattr(measure, "draws", 1)
    signals = _distinct(recipe, conditions, widths)
    stacked = sum(float(first * second) for first, second in widths)
    groups = 1 + sum(map(_apart, conditions))
    noises, first_layers = 0.0, float(groups * PIXELS * max(first for first, _ in widths))
    if not measure.sees_only_function:
        noises = groups * max(float(first * second) for first, second in widths)
        if getattr(measure, "mode", "") == "relative":
            noises = stacked
        first_layers *= 2
    rows = signals + noises
    kept = min(KEPT, runs) * (rows + first_layers)
    transient = stacked + rows
    longest = max(first for first, _ in widths)
    products = CHUNK * (rows / longest + 6 * longest)
    held = networks * _networks(recipe, conditions, widths)
    return held + FLOAT * (kept + transient + products)


def _transfer(
    measure: Measure, recipe: Recipe, conditions: Sequence[_Steps], networks: int
) -> float:
    widths = [widths_after(recipe, steps) for steps in conditions]
    held = networks * _networks(recipe, conditions, widths)
    longest = max(first for first, _ in widths)
    rows = _distinct(recipe, conditions, widths)
    images = float(measure.total[-1])
    shared = networks * (rows + PIXELS * longest) + 2 * sum(float(f * s) for f, s in widths)
    features = images * rows / longest
    widest = max(second for _, second in widths)
    if getattr(measure, "probe", "") == "notebook":
        return held + FLOAT * (shared + 5 * features)
    axes = min(images, float(widest))
    # Features and their axes are there twice, in a process of its own as well.
    probe = images * (3 * widest + 4 * axes) + 5 * axes * axes
    return held + CHILD + FLOAT * (shared + 2 * features + probe)
