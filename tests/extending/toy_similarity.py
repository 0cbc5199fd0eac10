"""A measure of similarity in one file: how alike the mean activations of all images are."""

from __future__ import annotations

import numpy as np

from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.pair import Pair


def _between(pair: Pair) -> float:
    one, other = (float(np.abs(side.values).mean()) for side in (pair.a, pair.b))
    return min(one, other) / max(one, other)


LOUDNESS = Similarity(
    "loudness",
    "Equal loudness",
    "The smaller of both mean activations, as a share of the larger.",
    "Nobody",
    _between,
    ("permutation",),
)
