"""What unrelated representations of these very widths would score: images shuffled on one side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.pair import Pair

SHUFFLES = 3


class Baseline(NamedTuple):
    """Mean and range of a measure over shuffles."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, scores: Sequence[float]) -> Baseline:
        """From a measure's value for each shuffle."""
        return cls(float(np.mean(scores)), float(np.min(scores)), float(np.max(scores)))


def shuffled_scores(
    measure: Similarity, pair: Pair, *, seed: int, shuffles: int = SHUFFLES
) -> Iterator[float]:
    """A measure between images and other images of the second side, one shuffle after another.

    **Arguments:**

    - `seed`: of the shuffles.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    part = pair.upto(measure.largest)
    for _ in range(shuffles):
        yield measure.of(part.shuffled(rng.permutation(len(part))))


def baseline(measure: Similarity, pair: Pair, *, seed: int, shuffles: int = SHUFFLES) -> Baseline:
    """Mean and range of [`shuffled_scores`][], whose arguments it has."""
    return Baseline.of(list(shuffled_scores(measure, pair, seed=seed, shuffles=shuffles)))
