"""Representational similarity analysis: do two representations tell the same images apart?

Kriegeskorte et al., *Representational similarity analysis*, Frontiers in Systems Neuroscience 2008:
each side becomes a matrix of dissimilarities between images, and the two matrices are correlated
over all pairs of images. Dissimilarities are Euclidean distances, or 1 minus the correlation of the
two images' patterns over neurons; matrices are compared by Pearson or Spearman correlation.
"""

from __future__ import annotations

import functools

import numpy as np
from jaxtyping import Float, Float32, Float64, Integer

from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.distances import euclidean
from dissociation.core.similarity.pair import Pair
from dissociation.core.similarity.products import inner
from dissociation.core.similarity.representation import Representation

#: Images whose pairs are compared: 499,500 pairs.
SAMPLE = 1_000
#: A relative difference that the rounding of float32 explains.
ROUNDED = 1e-6


def correlation_distance(side: Representation) -> Float32[np.ndarray, "n n"]:
    """`(n, n)` float32, 1 minus the correlation of the images' patterns.

    With z_i the pattern i about its mean over neurons, and divided by its norm, that is
    ‖z_i − z_j‖² / 2, which is right where patterns are all but equal, too. NaN if any pattern is
    constant, or all are equal but for the rounding of the activations.
    """
    patterns = side.values.astype(np.float64)
    patterns -= patterns.mean(1, keepdims=True)
    norms = np.sqrt(np.einsum("ij,ij->i", patterns, patterns))
    norms[side.values.min(1) == side.values.max(1)] = np.nan
    patterns /= norms[:, None]
    standard = Representation(patterns)
    if not standard.unit * np.sqrt(standard.squares.mean()) > ROUNDED:
        return np.full((len(side), len(side)), np.nan, np.float32)
    return np.square(euclidean(standard) * np.float32(standard.unit)) / 2


@functools.lru_cache(maxsize=4)
def _above(size: int) -> Integer[np.ndarray, " pairs"]:
    """Positions of the entries above the diagonal in a matrix laid out flat."""
    return np.flatnonzero(np.triu(np.ones((size, size), bool), 1))


def upper(matrix: Float[np.ndarray, "n n"]) -> Float[np.ndarray, " pairs"]:
    """`(n (n - 1) / 2,)` entries above the diagonal."""
    return matrix.ravel().take(_above(len(matrix)))


def ranks(values: Float[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
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


def _standard(side: Representation, kind: str, *, ranked: bool) -> Float64[np.ndarray, " pairs"]:
    """`(n (n - 1) / 2,)` dissimilarities or ranks, mean 0 and norm 1; NaN if all are equal."""
    pairs = np.asarray(upper(side.square(kind, _DISTANCES[kind])), np.float64)
    if not pairs.std() > ROUNDED * pairs.mean():
        return np.full(len(pairs), np.nan)
    if ranked:
        pairs = ranks(pairs)
    pairs -= pairs.mean()
    pairs /= np.sqrt(inner(pairs, pairs))
    return pairs


def _as_square(
    pairs: Float[np.ndarray, " pairs"], size: int
) -> Float64[np.ndarray, "{size} {size}"]:
    """`(n, n)` symmetric, from the entries above the diagonal."""
    square = np.zeros((size, size))
    square.ravel()[_above(size)] = pairs
    return square + square.T


def _pairs_of(side: Representation, kind: str, *, ranked: bool) -> Float[np.ndarray, " pairs"]:
    make = functools.partial(_standard, kind=kind, ranked=ranked)
    name = f"{kind} {ranked}"
    if side.parent is None:
        return side.kept(name, make)

    # Of images in another order: the ranks are known, and only change places.
    def square(parent: Representation) -> np.ndarray:
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
        undefined=_UNDEFINED[kind],
    )


_DISTANCES = {"euclidean": euclidean, "correlation": correlation_distance}
_UNDEFINED = {
    "euclidean": "all images are equally far apart",
    "correlation": "an image activates all neurons alike, or all patterns are the same",
}
_KINDS = {"euclidean": "Euclidean distances", "correlation": "correlation distances"}
_EUCLIDEAN = ("permutation", "rotation", "scaling", "shift", "offset", "duplication", "silence")
_CORRELATION = ("permutation", "scaling", "offset", "duplication")
ALL = tuple(
    _similarity(kind, invariant, ranked=ranked)
    for kind, invariant in (("euclidean", _EUCLIDEAN), ("correlation", _CORRELATION))
    for ranked in (False, True)
)
