"""What a task leaves open: the free parameters of the solution families, drawn and walked.

The theorems leave matrices free, some of them under a condition. Here each is written in parameters
without any condition, so that a random walk in them never leaves the manifold:

- Q of Theorem 3.1 has full column rank; by its polar form Q = R exp(L) with R semi-orthonormal and
  L symmetric, and every R is the first columns of a rotation of the hidden layer.
- Γ1 P_i may overlap with Q, but no combination of both may vanish: (R' exp(L') + Q C) Bᵀ with R'
  the rotation's next columns, L' symmetric, C any matrix, and B irrelevant directions, as many as
  the hidden layer has room for.
- Γ2 and Γ3 are any matrices.

Input directions are counted along `solved.subspace_basis`, so that the same parameters are the same
network on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from dissociation.core.linear.solved import Solved


class Freedom(NamedTuple):
    """Free parameters of T networks; standard normal but for the rotation.

    - `rotation`: `(T, n_hidden, n_hidden)` orthogonal.
    - `stretch`: `(T, r, r)` symmetric; `irrelevant`: `(T, k, k)` symmetric; `overlap`: `(T, r, k)`.
    - `unobserved`: `(T, n_hidden, n_in)`; `unoccupied`: `(T, n_out, n_hidden)`.
    """

    rotation: Float64[np.ndarray, "T n_hidden n_hidden"]
    stretch: Float64[np.ndarray, "T r r"]
    irrelevant: Float64[np.ndarray, "T k k"]
    overlap: Float64[np.ndarray, "T r k"]
    unobserved: Float64[np.ndarray, "T n_hidden n_in"]
    unoccupied: Float64[np.ndarray, "T n_out n_hidden"]


def _symmetric(rng: np.random.Generator, count: int, size: int) -> Float64[np.ndarray, "n d d"]:
    """Normal, of eigenvalues within about ± 1 at any size."""
    values = rng.standard_normal((count, size, size))
    return (values + values.mT) / np.sqrt(8 * max(size, 1))


def _gaussians(
    solved: Solved, n_hidden: int, count: int, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, "n _ _"], ...]:
    rank = solved.rank
    room = min(solved.irrelevant.shape[1], n_hidden - rank)
    return (
        _symmetric(rng, count, rank),
        _symmetric(rng, count, room),
        rng.standard_normal((count, rank, room)) / np.sqrt(max(room, 1)),
        rng.standard_normal((count, n_hidden, len(solved.x))),
        rng.standard_normal((count, len(solved.y), n_hidden)),
    )


def _rotations(size: int, count: int, rng: np.random.Generator) -> Float64[np.ndarray, "n d d"]:
    """Orthogonal matrices, uniformly (Mezzadri, Notices of the AMS 2007)."""
    q, r = np.linalg.qr(rng.standard_normal((count, size, size)))
    return q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]


def draw(solved: Solved, n_hidden: int, count: int, rng: np.random.Generator) -> Freedom:
    """Free parameters of independent networks."""
    rotation = _rotations(n_hidden, count, rng)
    return Freedom(rotation, *_gaussians(solved, n_hidden, count, rng))


def wander(
    solved: Solved, n_hidden: int, steps: int, size: float, rng: np.random.Generator
) -> Freedom:
    """Free parameters along a random walk, whose every step is distributed as by [`draw`][].

    **Arguments:**

    - `steps`: after the first one.
    - `size`: the angle in radians, about, by which a step turns every direction of the hidden
      layer, and the share of new randomness in everything else; below 1.
    """
    start = draw(solved, n_hidden, 1, rng)
    values = rng.standard_normal((steps, n_hidden, n_hidden))
    half = size * (values - values.mT) / np.sqrt(8 * n_hidden)
    one = np.eye(n_hidden)
    # Cayley: orthogonal to rounding for any skew matrix.
    turns = np.linalg.solve(one - half, one + half)
    rotation = [start.rotation[0]]
    for turn in turns:
        rotation.append(turn @ rotation[-1])
    moved = []
    fresh = _gaussians(solved, n_hidden, steps, rng)
    for first, new in zip(start[1:], fresh, strict=True):
        path = [first[0]]
        for values in new:
            path.append(np.sqrt(1 - size**2) * path[-1] + size * values)
        moved.append(np.array(path))
    return Freedom(np.array(rotation), *moved)
