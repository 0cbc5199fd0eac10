"""Mutual nearest neighbours: does an image keep its closest others?

Huh et al., *The Platonic representation hypothesis*, ICML 2024: the share of each image's k nearest
neighbours that it has in both representations, mean over images.
"""

from __future__ import annotations

import numpy as np

from dissociation._lazy import jnp
from dissociation.buckets import bucket, pad_to
from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import FEW, Pair
from dissociation.measures.similarity.products import product
from dissociation.measures.similarity.side import OneSide

NEIGHBOURS = 10
#: Rows of distances that are in memory at once.
ROWS = 1_000


def nearest(values: np.ndarray, count: int = NEIGHBOURS) -> np.ndarray:
    """`(n, count)` the nearest other rows of `(n, d)` by Euclidean distance, in no order."""
    padded = jnp.asarray(pad_to(values, *map(bucket, values.shape)))
    halves = 0.5 * np.square(values, dtype=np.float64).sum(1).astype(np.float32)
    found = np.empty((len(values), count), np.int32)
    for start in range(0, len(values), ROWS):
        rows = values[start : start + ROWS]
        # Half the squared distance, but for what all candidates of a row share.
        scores = halves[None, :] - product(rows, padded)[:, : len(values)]
        found[start : start + ROWS] = _least(scores, np.arange(start, start + len(rows)), count)
    return found


def _least(scores: np.ndarray, own: np.ndarray, count: int = NEIGHBOURS) -> np.ndarray:
    """Columns of the least scores of each row, not counting its own; overwrites the scores."""
    scores[np.arange(len(scores)), own] = np.inf
    return np.argpartition(scores, count, axis=1)[:, :count].astype(np.int32)


def mutual(pair: Pair) -> float:
    """The mean share of common neighbours, from 0 to 1."""
    first, second = (side.rows("nearest", _nearest) for side in (pair.a, pair.b))
    # No image is named twice by one side.
    return float(np.mean((first[:, :, None] == second[:, None, :]).any(2)))


def _nearest(side: OneSide) -> np.ndarray:
    if len(side) > FEW:
        return nearest(side.centred)
    return _least(0.5 * side.squares - side.kernel, np.arange(len(side)))


MUTUAL = Similarity(
    "neighbours",
    f"Mutual {NEIGHBOURS} nearest neighbours",
    f"The share of each image's {NEIGHBOURS} nearest others that both representations name.",
    "Huh et al., ICML 2024",
    mutual,
    ("permutation", "rotation", "scaling", "shift", "duplication", "silence"),
)
