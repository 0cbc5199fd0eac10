"""Matrix products of measures of similarity, float32 by XLA.

NumPy's BLAS, where it has threads of its own, has them wait for more work by spinning; meanwhile
they take the cores from the factorisations that come between products. (Procrustes alone takes its
float64 product from it, just before eigenvalues that NumPy finds, too.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dissociation.core._lazy import jit, linalg
from dissociation.core.buckets import bucket, pad_to

#: Columns that are multiplied at once.
COLUMNS = 1_024


@jit()
def _product(x: Any, y: Any) -> Any:
    return x @ y.T


@jit()
def _gram(x: Any) -> Any:
    products = x @ x.T
    return (products + products.T) / 2


@jit()
def _cross(x: Any, y: Any) -> Any:
    return x.T @ y


def _padded(matrix: np.ndarray) -> np.ndarray:
    return pad_to(matrix, *map(bucket, matrix.shape))


def _blocks(matrix: np.ndarray) -> Iterator[np.ndarray]:
    """Columns in blocks of one shape, so that a width that moves compiles nothing."""
    width = min(COLUMNS, bucket(matrix.shape[1]))
    for start in range(0, matrix.shape[1], width):
        yield pad_to(matrix[:, start : start + width], bucket(len(matrix)), width)


def product(x: np.ndarray, y: Any) -> np.ndarray:
    """XYᵀ of `(n, d)` and `(m, d)` float32: `(n, m)`; Y may be JAX's, zeros appended."""
    return np.asarray(_product(_padded(x), _padded(y)))[: len(x), : len(y)]


def cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """XᵀY of `(n, d1)` and `(n, d2)` float32: `(d1, d2)`."""
    padded = _padded(x)
    parts = [np.asarray(_cross(padded, block)) for block in _blocks(y)]
    return np.concatenate(parts, axis=1)[: x.shape[1], : y.shape[1]]


def gram(x: np.ndarray) -> np.ndarray:
    """XXᵀ of `(n, d)` float32: `(n, n)` float64 sums, symmetric to the last digit."""
    total = np.zeros((len(x), len(x)))
    for block in _blocks(x):
        total += np.asarray(_gram(block))[: len(x), : len(x)]
    return total


def inner(x: np.ndarray, y: np.ndarray) -> float:
    """The sum of all products of entries of two float64 arrays of one shape."""
    return float(linalg.blas.ddot(x.ravel(), y.ravel()))
