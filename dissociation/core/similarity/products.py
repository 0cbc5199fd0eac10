"""Matrix products of measures of similarity, float32 by XLA.

NumPy's BLAS, where it has threads of its own, has them wait for more work by spinning; meanwhile
they take the cores from the factorisations that come between products. (Procrustes alone takes its
float64 product from it, just before eigenvalues that NumPy finds, too.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64

from dissociation.core._lazy import jit, linalg
from dissociation.core.buckets import bucket, pad_to

#: Columns that are multiplied at once.
COLUMNS = 1_024


@jit()
def _product(x: Float32[Any, "m d"], y: Float32[Any, "n d"]) -> Float32[Any, "m n"]:
    return x @ y.T


@jit()
def _gram(x: Float32[Any, "n d"]) -> Float32[Any, "n n"]:
    products = x @ x.T
    return (products + products.T) / 2


@jit()
def _cross(x: Float32[Any, "n d1"], y: Float32[Any, "n d2"]) -> Float32[Any, "d1 d2"]:
    return x.T @ y


def _padded(matrix: Float[Any, "rows columns"]) -> Float[Any, "_ _"]:
    return pad_to(matrix, *map(bucket, matrix.shape))


def _blocks(matrix: Float[np.ndarray, "rows columns"]) -> Iterator[Float[np.ndarray, "_ _"]]:
    """Columns in blocks of one shape, so that a width that moves compiles nothing."""
    width = min(COLUMNS, bucket(matrix.shape[1]))
    for start in range(0, matrix.shape[1], width):
        yield pad_to(matrix[:, start : start + width], bucket(len(matrix)), width)


def product(x: Float[np.ndarray, "n d"], y: Float[Any, "_ _"]) -> Float32[np.ndarray, "n _"]:
    """XYᵀ of `(n, d)` and `(m, d)` float32: `(n, m)`; Y may be JAX's, zeros appended."""
    return np.asarray(_product(_padded(x), _padded(y)))[: len(x), : len(y)]


def cross(
    x: Float[np.ndarray, "n d1"], y: Float[np.ndarray, "n d2"]
) -> Float32[np.ndarray, "d1 d2"]:
    """XᵀY of `(n, d1)` and `(n, d2)` float32: `(d1, d2)`."""
    padded = _padded(x)
    parts = [np.asarray(_cross(padded, block)) for block in _blocks(y)]
    return np.concatenate(parts, axis=1)[: x.shape[1], : y.shape[1]]


def gram(x: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n n"]:
    """XXᵀ of `(n, d)` float32: `(n, n)` float64 sums, symmetric to the last digit."""
    total = np.zeros((len(x), len(x)))
    for block in _blocks(x):
        total += np.asarray(_gram(block))[: len(x), : len(x)]
    return total


def inner(x: Float64[np.ndarray, "*shape"], y: Float64[np.ndarray, "*shape"]) -> float:
    """The sum of all products of entries of two float64 arrays of one shape."""
    return float(linalg.blas.ddot(x.ravel(), y.ravel()))
