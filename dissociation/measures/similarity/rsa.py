"""Representational similarity analysis: do two representations tell the same images apart?

Kriegeskorte et al., *Representational similarity analysis*, Frontiers in Systems Neuroscience 2008:
each side becomes a matrix of dissimilarities between images, and the two matrices are correlated
over all pairs of images. Dissimilarities are Euclidean distances, or 1 minus the correlation of the
two images' patterns over neurons; matrices are compared by Pearson or Spearman correlation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from dissociation._lazy import stats
from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair
from dissociation.measures.similarity.side import OneSide

#: Images whose pairs are compared: 499,500 pairs.
SAMPLE = 1_000


def euclidean(values: np.ndarray) -> np.ndarray:
    """`(n, n)` float32 Euclidean distances between the rows of `(n, d)`."""
    squares = np.square(values, dtype=np.float64).sum(1)
    products = np.asarray(values @ values.T, np.float64)
    distances = squares[:, None] + squares[None, :] - 2 * products
    np.fill_diagonal(distances, 0)
    return np.sqrt(np.maximum(distances, 0)).astype(np.float32)


def correlation_distance(values: np.ndarray) -> np.ndarray:
    """`(n, n)` float32, 1 minus the correlation of the rows of `(n, d)`; NaN for constant rows."""
    patterns = values - values.mean(1, keepdims=True, dtype=np.float64)
    norms = np.linalg.norm(patterns, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        patterns = (patterns / norms).astype(np.float32)
    distances = 1 - patterns @ patterns.T
    np.fill_diagonal(distances, np.where(norms[:, 0] > 0, 0, np.nan))
    return distances


Dissimilarity = Callable[[np.ndarray], np.ndarray]


@functools.lru_cache(maxsize=4)
def _above(size: int) -> tuple[np.ndarray, ...]:
    return np.triu_indices(size, 1)


def upper(matrix: np.ndarray) -> np.ndarray:
    """`(n (n - 1) / 2,)` entries above the diagonal."""
    return matrix[_above(len(matrix))]


def _standard(side: OneSide, dissimilarity: Dissimilarity, *, ranked: bool) -> np.ndarray:
    """`(n, n)` dissimilarities or ranks, mean 0 and norm 1 over all pairs; NaN if any is."""
    # Centring changes no distance, and makes float32 products more exact.
    values = side.centred if dissimilarity is euclidean else side.values
    matrix = np.asarray(dissimilarity(values), np.float64)
    pairs = upper(matrix)
    if np.isnan(pairs).any():
        return np.full_like(matrix, np.nan)
    if ranked:
        pairs = stats.rankdata(pairs)
    pairs = pairs - pairs.mean()
    size = np.linalg.norm(pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = pairs / size
    matrix[:] = 0
    matrix[_above(len(matrix))] = pairs
    return matrix + matrix.T


def _compared(pair: Pair, dissimilarity: Dissimilarity, *, ranked: bool) -> float:
    name = f"{dissimilarity.__name__} {ranked}"
    make = functools.partial(_standard, dissimilarity=dissimilarity, ranked=ranked)
    first, second = (side.square(name, make) for side in (pair.a, pair.b))
    # Each pair of images stands in both halves.
    return float(np.vdot(first, second)) / 2


def _similarity(kind: str, invariant: tuple[str, ...], *, ranked: bool) -> Similarity:
    how = "Spearman" if ranked else "Pearson"
    dissimilarity, words = _KINDS[kind]
    return Similarity(
        f"rsa_{kind}_{how.lower()}",
        f"RSA, {words}, {how}",
        f"{how} correlation of the {words} between images.",
        "Kriegeskorte et al., Frontiers in Systems Neuroscience 2008",
        functools.partial(_compared, dissimilarity=dissimilarity, ranked=ranked),
        invariant,
        largest=SAMPLE,
    )


_KINDS: dict[str, tuple[Dissimilarity, str]] = {
    "euclidean": (euclidean, "Euclidean distances"),
    "correlation": (correlation_distance, "correlation distances"),
}
_EUCLIDEAN = ("permutation", "rotation", "scaling", "shift", "duplication", "silence")
_CORRELATION = ("permutation", "scaling", "duplication")
ALL = tuple(
    _similarity(kind, invariant, ranked=ranked)
    for kind, invariant in (("euclidean", _EUCLIDEAN), ("correlation", _CORRELATION))
    for ranked in (False, True)
)
