"""How large networks are in memory, for the sums of what a study holds at its worst moment.

Each sum names the arrays that are there at the moment that takes most: what is kept, and what is
made of it. `BASE` is there whatever is asked for; what allocators add is in `SLACK`. They were
fitted to the peaks of some cases, and tried on others, by `python -m benchmarks.memory`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.core.data.datasets import CLASSES, PIXELS
from dissociation.core.manipulations import Manipulation
from dissociation.core.networks.training import Recipe

MB, GIB = 2.0**20, 2.0**30
FLOAT, DOUBLE = 4, 8
#: Python, JAX, its programs, and MNIST.
BASE = 430 * MB
#: Noise for all images while it is drawn, and programs while they are compiled.
PASSING = 310 * MB
SLACK = 1.2
#: A process of its own, and how many matrices it takes, here and there, to decompose one.
CHILD, SQUARES = 60 * MB, 7


def widths_after(recipe: Recipe, steps: Sequence[Manipulation]) -> tuple[int, int]:
    """Neurons of both hidden layers of a rewritten network."""
    widths = {1: recipe.width, 2: recipe.width}
    for step in steps:
        widths[step.layer] = step.widened(widths[step.layer])
    return widths[1], widths[2]


def network_bytes(first: int, second: int) -> float:
    """Weights of one network with these hidden widths."""
    return FLOAT * float(PIXELS * first + first * second + second * CLASSES)


def rewriting_bytes(recipe: Recipe, steps: Sequence[Manipulation]) -> float:
    """The Gram matrix of a layer whose null space is asked for, and what a process of its own
    makes of it; 0 if none is.
    """
    widths, most = {1: recipe.width, 2: recipe.width}, 0
    for step in steps:
        if step.name == "hidden_null":
            most = max(most, widths[step.layer])
        if not step.multiplies_rows:
            widths[step.layer] = step.widened(widths[step.layer])
    if not most:
        return 0.0
    return CHILD + DOUBLE * SQUARES * float(most) ** 2
