"""Pairs of solution families, of one function and of two: what similarity measures say of them.

The other function has the same inputs and other targets. Members are drawn at random and
independently of each other (paper, Section 4.1 and 4.2, Fig. 4 A and B).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.linear.families import FAMILIES
from dissociation.core.linear.representation import predictivity, rsa, similarity_matrices
from dissociation.core.linear.solved import Solved
from dissociation.core.linear.walk import members

#: Independent networks of each family on either side, so as many squared pairs of them.
MEMBERS = 6


class Range(NamedTuple):
    """A measure over pairs of networks: `mean`, `low`, `high`, `(4, 4)` each.

    Rows are source families and columns target families, in the order of `FAMILIES`.
    """

    mean: Float64[np.ndarray, "n m"]
    low: Float64[np.ndarray, "n m"]
    high: Float64[np.ndarray, "n m"]


class Pairs(NamedTuple):
    """Linear predictivity (R²) and RSA, between networks of the same or of another function."""

    predictivity_same: Range
    predictivity_other: Range
    rsa_same: Range
    rsa_other: Range


def _range(values: Float[np.ndarray, "_ _"]) -> Range:
    """Of `(families · members, families · members)`."""
    kinds = len(FAMILIES)
    blocks = values.reshape(kinds, MEMBERS, kinds, MEMBERS).swapaxes(1, 2)
    flat = blocks.reshape(kinds, kinds, -1)
    return Range(flat.mean(2), flat.min(2), flat.max(2))


def _hidden(
    solved: Solved, n_hidden: int, spread: float, key: int, group: int
) -> Float64[np.ndarray, "_ n_hidden P"]:
    """`(families · members, n_hidden, P)`."""
    found = members(solved, n_hidden, count=MEMBERS, spread=spread, key=key, group=group)
    return np.concatenate([networks.w1 @ solved.x for networks in found.values()])


def compare_families(
    solved: Solved, other: Solved, n_hidden: int, *, spread: float, key: int
) -> Pairs:
    """Every pair of families.

    **Arguments:**

    - `solved`: the task of the sources; `other`: another one of the same inputs.
    - `n_hidden`, `spread`, `key`: see `walk.members`.
    """
    source = _hidden(solved, n_hidden, spread, key, 0)
    targets = (
        _hidden(solved, n_hidden, spread, key, 1),
        _hidden(other, n_hidden, spread, key, 2),
    )
    own = similarity_matrices(source)
    return Pairs(
        *(_range(predictivity(source, target)) for target in targets),
        *(_range(rsa(own, similarity_matrices(target))) for target in targets),
    )
