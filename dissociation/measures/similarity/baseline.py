"""What unrelated representations of these very widths would score: images shuffled on one side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair

SHUFFLES = 3


class Baseline(NamedTuple):
    """Mean and range of a measure over shuffles."""

    mean: float
    low: float
    high: float


def baseline(measure: Similarity, pair: Pair, *, seed: int, shuffles: int = SHUFFLES) -> Baseline:
    """A measure between images and other images of the second side.

    **Arguments:**

    - `seed`: of the shuffles.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    part = pair.upto(measure.largest)
    found = [measure.of(part.shuffled(rng.permutation(len(part)))) for _ in range(shuffles)]
    return Baseline(float(np.mean(found)), float(np.min(found)), float(np.max(found)))
