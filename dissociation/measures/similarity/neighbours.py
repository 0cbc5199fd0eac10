"""Mutual nearest neighbours: does an image keep its closest others?

Huh et al., *The Platonic representation hypothesis*, ICML 2024: the share of each image's k nearest
neighbours that it has in both representations, mean over images.
"""

from __future__ import annotations

import numpy as np

from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair
from dissociation.measures.similarity.side import OneSide

NEIGHBOURS = 10
#: Rows of distances that are in memory at once.
ROWS = 1_000


def nearest(values: np.ndarray, count: int = NEIGHBOURS) -> np.ndarray:
    """`(n, count)` the nearest other rows of `(n, d)` by Euclidean distance, in no order."""
    halves = 0.5 * np.square(values, dtype=np.float64).sum(1).astype(np.float32)
    found = np.empty((len(values), count), np.int32)
    for start in range(0, len(values), ROWS):
        rows = values[start : start + ROWS]
        # Half the squared distance, but for what all candidates of a row share.
        scores = halves[None, :] - rows @ values.T
        scores[np.arange(len(rows)), np.arange(start, start + len(rows))] = np.inf
        found[start : start + ROWS] = np.argpartition(scores, count, axis=1)[:, :count]
    return found


def mutual(pair: Pair) -> float:
    """The mean share of common neighbours, from 0 to 1."""
    first, second = (side.rows("nearest", _nearest) for side in (pair.a, pair.b))
    common = sum(len(set(a) & set(b)) for a, b in zip(first.tolist(), second.tolist(), strict=True))
    return common / first.size


def _nearest(side: OneSide) -> np.ndarray:
    return nearest(side.centred)


MUTUAL = Similarity(
    "neighbours",
    f"Mutual {NEIGHBOURS} nearest neighbours",
    f"The share of each image's {NEIGHBOURS} nearest others that both representations name.",
    "Huh et al., ICML 2024",
    mutual,
    ("permutation", "rotation", "scaling", "shift", "duplication", "silence"),
)
