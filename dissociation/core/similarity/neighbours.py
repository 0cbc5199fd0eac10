"""Mutual nearest neighbours: does an image keep its closest others?

Huh et al., *The Platonic representation hypothesis*, ICML 2024: the share of each image's k nearest
neighbours that it has in both representations, mean over images.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int32, Integer

from dissociation.core._lazy import jnp
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.distances import CLOSE, ROWS, euclidean, exact
from dissociation.core.similarity.pair import NEIGHBOURS, Pair
from dissociation.core.similarity.products import product
from dissociation.core.similarity.representation import Representation


def nearest(side: Representation) -> Int32[np.ndarray, "n 10"]:
    """`(n, 10)` the nearest other images by Euclidean distance, in no order."""
    if side.few:
        return _least(side.square("euclidean", euclidean).copy(), np.arange(len(side)))
    padded = jnp.asarray(pad_to(side.centred, *map(bucket, side.centred.shape)))
    halves = (0.5 * side.squares).astype(np.float32)
    found = np.empty((len(side), NEIGHBOURS), np.int32)
    for start in range(0, len(side), ROWS):
        rows = np.arange(start, min(start + ROWS, len(side)))
        # Half the squared distance, but for what all candidates of a row share.
        scores = halves[None, :] - product(side.centred[rows], padded)[:, : len(side)]
        found[rows] = _least(scores, rows)
        closest = np.take_along_axis(scores, found[rows], 1).min(1) + halves[rows]
        if len(close := rows[2 * closest < CLOSE * side.squares[rows]]):
            found[close] = _least(exact(side, close), close)
    return found


def _least(
    scores: Float[np.ndarray, "m n"], own: Integer[np.ndarray, " m"]
) -> Int32[np.ndarray, "m 10"]:
    """Columns of the least scores of each row, not counting its own; overwrites the scores."""
    scores[np.arange(len(scores)), own] = np.inf
    return np.argpartition(scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS].astype(np.int32)


def mutual(pair: Pair) -> float:
    """The mean share of common neighbours, from 0 to 1."""
    first, second = (side.rows("nearest", nearest) for side in (pair.a, pair.b))
    # No image is named twice by one side.
    return float(np.mean((first[:, :, None] == second[:, None, :]).any(2)))


MUTUAL = Similarity(
    "neighbours",
    f"Mutual {NEIGHBOURS} nearest neighbours",
    f"The share of each image's {NEIGHBOURS} nearest others that both representations name.",
    "Huh et al., ICML 2024",
    mutual,
    ("permutation", "rotation", "scaling", "shift", "offset", "duplication", "silence"),
)
