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
from dissociation.measures.similarity.products import inner
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


def correlation_distance(side: OneSide) -> np.ndarray:
    """`(n, n)` float32, 1 minus the correlation of the images' patterns; NaN for constant ones.

    From the products of centred images, which the other measures have made already: with image
    i = c_i + μ and the mean m_i over its d neurons, patterns i and j have the product
    c_i·c_j + c_i·μ + c_j·μ + μ·μ − d m_i m_j.
    """
    values, width = side.values, side.values.shape[1]
    mean = values.mean(0, dtype=np.float64)
    offsets = side.centred @ mean.astype(np.float32) + 0.5 * float(mean @ mean)
    own = values.mean(1, dtype=np.float64)
    patterns = side.kernel - width * np.outer(own, own)
    patterns += offsets[:, None]
    patterns += offsets[None, :]
    constant = values.min(1) == values.max(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = 1 / np.sqrt(np.where(constant, np.nan, patterns.diagonal()))
    patterns *= scale[:, None]
    patterns *= scale[None, :]
    distances = np.subtract(1, patterns, out=patterns).astype(np.float32)
    np.fill_diagonal(distances, np.where(constant, np.nan, 0))
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
    long and makes no difference to their mean. Few of a million distances are equal.
    """
    order = np.argsort(values)
    ordered = values[order]
    place = np.arange(1.0, len(values) + 1)
    again = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(again):
        begins = np.concatenate([[True], np.diff(again) > 1])
        run = np.cumsum(begins) - 1
        shared = again[begins] + (np.bincount(run) + 2) / 2
        place[again] = place[again + 1] = shared[run]
    found = np.empty(len(values))
    found[order] = place
    return found


def _dissimilarities(side: OneSide, kind: str) -> np.ndarray:
    # Centring changes no distance, and makes float32 products more exact.
    return euclidean(side.kernel) if kind == "euclidean" else correlation_distance(side)


def _standard(side: OneSide, kind: str, *, ranked: bool) -> np.ndarray:
    """`(n (n - 1) / 2,)` dissimilarities or ranks, mean 0 and norm 1; NaN if any is."""
    pairs = upper(side.square(kind, functools.partial(_dissimilarities, kind=kind)))
    if np.isnan(pairs).any():
        return np.full(len(pairs), np.nan)
    pairs = ranks(pairs) if ranked else np.asarray(pairs, np.float64)
    pairs -= pairs.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs /= np.sqrt(inner(pairs, pairs))
    return pairs


def _as_square(pairs: np.ndarray, size: int) -> np.ndarray:
    """`(n, n)` symmetric, from the entries above the diagonal."""
    square = np.zeros((size, size))
    square.ravel()[_above(size)] = pairs
    return square + square.T


def _pairs_of(side: OneSide, kind: str, *, ranked: bool) -> np.ndarray:
    make = functools.partial(_standard, kind=kind, ranked=ranked)
    name = f"{kind} {ranked}"
    if side.parent is None:
        return side.kept(name, make)

    # Of images in another order: the ranks are known, and only change places.
    def square(parent: OneSide) -> np.ndarray:
        return _as_square(_pairs_of(parent, kind, ranked=ranked), len(parent))

    return upper(side.square(f"square {name}", square))


def _compared(pair: Pair, kind: str, *, ranked: bool) -> float:
    first, second = (_pairs_of(side, kind, ranked=ranked) for side in (pair.a, pair.b))
    return inner(first, second)


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
