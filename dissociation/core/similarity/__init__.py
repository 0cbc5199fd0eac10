"""Measures of similarity between two networks, of what they do and of how they represent it."""

from __future__ import annotations

from dissociation.core.similarity import cka, function, neighbours, procrustes, ridge, rsa
from dissociation.core.similarity.base import FUNCTION, INVARIANCES, REPRESENTATION, Similarity
from dissociation.core.similarity.baseline import Baseline, baseline, shuffled_scores
from dissociation.core.similarity.pair import Pair

__all__ = [
    *("FUNCTION", "INVARIANCES", "REPRESENTATION", "SIMILARITIES"),
    *("Baseline", "Pair", "Similarity", "baseline", "shuffled_scores"),
]

#: All of them, by name; those that take least time first.
SIMILARITIES: dict[str, Similarity] = {
    measure.name: measure
    for measure in (
        function.DISAGREEMENT,
        function.JENSEN_SHANNON,
        function.LARGEST_CHANGE,
        cka.BIASED,
        cka.DEBIASED,
        procrustes.PROCRUSTES,
        ridge.FORWARDS,
        ridge.BACKWARDS,
        neighbours.MUTUAL,
        *rsa.ALL,
    )
}
