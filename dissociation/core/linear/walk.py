"""Random walks on solution manifolds: the weights wander, and the function on the data stays.

Each step moves the free parameters (see `freedom`), and the closed forms make weights of them, so
rounding does not add up: the last network solves the task as exactly as the first.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from dissociation.core.linear.families import FAMILIES, Weights
from dissociation.core.linear.freedom import draw, wander
from dissociation.core.linear.solved import Solved
from dissociation.core.linear.task import generator

#: What walks and single members draw their randomness for; see `generator`.
_WALK, _MEMBER = 2, 3


def walks(
    solved: Solved, n_hidden: int, *, steps: int, size: float, spread: float, key: int
) -> dict[str, Weights]:
    """`steps` + 1 networks of each family along a walk in the free parameters that all share.

    **Arguments:**

    - `n_hidden`: neurons; `steps`, `size`: see `freedom.wander`.
    - `spread`: how far the free parameters reach, see `families.general`.
    - `key`: of the walk.
    """
    freedom = wander(solved, n_hidden, steps, size, generator(key, _WALK))
    return {name: family.build(solved, freedom, spread) for name, family in FAMILIES.items()}


def members(
    solved: Solved, n_hidden: int, *, count: int, spread: float, key: int, group: int = 0
) -> dict[str, Weights]:
    """`count` independent networks of each family; those of other groups are independent of them.

    **Arguments:** as of [`walks`][].
    """
    freedom = draw(solved, n_hidden, count, generator(key, _MEMBER, group))
    return {name: family.build(solved, freedom, spread) for name, family in FAMILIES.items()}


def largest_change(networks: Weights, x: Float[np.ndarray, "n d"]) -> float:
    """How far outputs along a walk leave the first network's, as a share of the largest one."""
    outputs = networks.w2 @ (networks.w1 @ x)
    return float(np.abs(outputs - outputs[0]).max() / np.abs(outputs[0]).max())
