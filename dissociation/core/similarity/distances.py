"""Euclidean distances between images, right however close they are.

From products, ‖x − y‖² = ‖x‖² + ‖y‖² − 2 xᵀy has an error of the size of the norms. Where a few
neurons are many times as active as the others, images on which those are silent lie closer together
than that error. So distances that are small beside the norms are taken from products in float64
instead, and those that are smaller still from the differences themselves.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, Float64, Integer

from dissociation.core._lazy import distance
from dissociation.core.similarity.representation import Representation

#: Squared distances beside squared norms, below which float32 and float64 products do not do.
CLOSE, CLOSER = 1e-3, 1e-9
#: Images that are in memory in float64 at once.
ROWS = 1_000


def from_products(products: Float[np.ndarray, "n n"]) -> Float64[np.ndarray, "n n"]:
    """`(n, n)` float64 squared distances of points from their products, `(n, n)` float64."""
    squares = products.diagonal()
    found = squares[:, None] + squares[None, :]
    found -= 2 * products
    np.fill_diagonal(found, 0)
    return np.maximum(found, 0, out=found)


def euclidean(side: Representation) -> Float32[np.ndarray, "n n"]:
    """`(n, n)` float32 distances between the images of a side, in its `unit`s; for few."""
    found = from_products(side.kernel)
    np.fill_diagonal(found, np.inf)
    if (found.min(1) < CLOSE * side.squares).any():
        found = exact(side, np.arange(len(side)))
    np.fill_diagonal(found, 0)
    return np.sqrt(found, out=found).astype(np.float32)


def exact(side: Representation, rows: Integer[np.ndarray, " m"]) -> Float64[np.ndarray, "m n"]:
    """`(m, n)` float64 squared distances of some images from all, in squared `unit`s.

    At least six digits are right. That of an image from itself is infinite.
    """
    mean = side.values.mean(0, dtype=np.float64)
    own, x = side.values[rows], side.values[rows] - mean
    squares = np.square(x).sum(1)
    found = np.empty((len(rows), len(side)))
    for start in range(0, len(side), ROWS):
        others = side.values[start : start + ROWS]
        y = others - mean
        sums = squares[:, None] + np.square(y).sum(1)
        part = found[:, start : start + ROWS]
        part[:] = sums - 2 * (x @ y.T)
        mine = np.flatnonzero((rows >= start) & (rows < start + len(others)))
        part[mine, rows[mine] - start] = np.inf
        close = part < CLOSER * sums
        near, far = close.any(1), close.any(0)
        if near.any():
            part[np.ix_(near, far)] = distance.cdist(own[near], others[far], "sqeuclidean")
            part[mine, rows[mine] - start] = np.inf
    return found / side.unit**2
