"""Representational similarity analysis: do two representations tell the same images apart?

Kriegeskorte et al., *Representational similarity analysis*, Frontiers in Systems Neuroscience 2008:
each side becomes a matrix of dissimilarities between images, and the two matrices are correlated
over all pairs of images. Dissimilarities are Euclidean distances, or 1 minus the correlation of the
two images' patterns over neurons; matrices are compared by Pearson or Spearman correlation.
"""

from __future__ import annotations

import functools

import numpy as np

from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair
from dissociation.measures.similarity.products import gram, inner
from dissociation.measures.similarity.side import OneSide

#: Images whose pairs are compared: 499,500 pairs.
SAMPLE = 1_000


def euclidean(products: np.ndarray) -> np.ndarray:
    """`(n, n)` float32 distances of points from their products, `(n, n)` float64."""
    squares = products.diagonal()
    distances = squares[:, None] + squares[None, :]
    distances -= 2 * products
    np.fill_diagonal(distances, 0)
    return np.sqrt(np.maximum(distances, 0, out=distances).astype(np.float32))


def correlation_distance(values: np.ndarray) -> np.ndarray:
    """`(n, n)` float32, 1 minus the correlation of the rows of `(n, d)`; NaN for constant rows."""
    patterns = values - values.mean(1, keepdims=True, dtype=np.float64)
    norms = np.linalg.norm(patterns, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        patterns = (patterns / norms).astype(np.float32)
    distances = (1 - gram(patterns)).astype(np.float32)
    np.fill_diagonal(distances, np.where(norms[:, 0] > 0, 0, np.nan))
    return distances


@functools.lru_cache(maxsize=4)
def _above(size: int) -> np.ndarray:
    """Positions of the entries above the diagonal in a matrix laid out flat."""
    return np.flatnonzero(np.triu(np.ones((size, size), bool), 1))


def upper(matrix: np.ndarray) -> np.ndarray:
    """`(n (n - 1) / 2,)` entries above the diagonal."""
    return matrix.ravel().take(_above(len(matrix)))


def ranks(values: np.ndarray) -> np.ndarray:
    """`(n,)` float64 ranks of `(n,)` from 1 on; equal values share their mean rank.

    SciPy's `rankdata` sorts in a way that keeps equal values in order, which takes several times as
    long and makes no difference to their mean.
    """
    order = np.argsort(values)
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.append(starts[1:], len(values))
    found = np.empty(len(values))
    found[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return found


def _dissimilarities(side: OneSide, kind: str) -> np.ndarray:
    # Centring changes no distance, and makes float32 products more exact.
    return euclidean(side.kernel) if kind == "euclidean" else correlation_distance(side.values)


def _standard(side: OneSide, kind: str, *, ranked: bool) -> np.ndarray:
    """`(n, n)` dissimilarities or ranks, mean 0 and norm 1 over all pairs; NaN if any is."""
    known = side.square(kind, functools.partial(_dissimilarities, kind=kind))
    pairs = upper(known)
    standard = np.zeros(known.shape)
    if np.isnan(pairs).any():
        return np.full_like(standard, np.nan)
    pairs = ranks(pairs) if ranked else np.asarray(pairs, np.float64)
    pairs -= pairs.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs /= np.sqrt(inner(pairs, pairs))
    standard.ravel()[_above(len(standard))] = pairs
    return standard + standard.T


def _compared(pair: Pair, kind: str, *, ranked: bool) -> float:
    make = functools.partial(_standard, kind=kind, ranked=ranked)
    first, second = (side.square(f"{kind} {ranked}", make) for side in (pair.a, pair.b))
    # Each pair of images stands in both halves.
    return inner(first, second) / 2


def _similarity(kind: str, invariant: tuple[str, ...], *, ranked: bool) -> Similarity:
    how = "Spearman" if ranked else "Pearson"
    words = _KINDS[kind]
    return Similarity(
        f"rsa_{kind}_{how.lower()}",
        f"RSA, {words}, {how}",
        f"{how} correlation of the {words} between images.",
        "Kriegeskorte et al., Frontiers in Systems Neuroscience 2008",
        functools.partial(_compared, kind=kind, ranked=ranked),
        invariant,
        largest=SAMPLE,
    )


_KINDS = {"euclidean": "Euclidean distances", "correlation": "correlation distances"}
_EUCLIDEAN = ("permutation", "rotation", "scaling", "shift", "duplication", "silence")
_CORRELATION = ("permutation", "scaling", "duplication")
ALL = tuple(
    _similarity(kind, invariant, ranked=ranked)
    for kind, invariant in (("euclidean", _EUCLIDEAN), ("correlation", _CORRELATION))
    for ranked in (False, True)
)
