"""Orthogonal Procrustes: the angle that the best rotation leaves between two representations.

Williams et al., *Generalized shape metrics on neural representations*, NeurIPS 2021: with centred X
and Y, the narrower one filled up with silent neurons,

    θ = arccos( max_Q tr(QᵀXᵀY) / (‖X‖ ‖Y‖) ) = arccos( ‖XᵀY‖_* / (‖X‖ ‖Y‖) ),

as the maximum over orthogonal Q is the nuclear norm (Schönemann, 1966), which silent neurons do not
change. It is a metric: it obeys the triangle inequality.
"""

from __future__ import annotations

import numpy as np

from dissociation._lazy import linalg
from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair
from dissociation.measures.similarity.products import exact_gram


def angular_distance(pair: Pair) -> float:
    """The angle θ in radians, from 0 to π/2."""
    scale = np.sqrt(np.prod(pair.norms))
    if not scale > 0:
        return float("nan")
    return float(np.arccos(min(1.0, nuclear_norm(pair.cross) / scale)))


def nuclear_norm(matrix: np.ndarray) -> float:
    """The sum of the singular values: from the smaller Gram matrix in float64, which is quicker."""
    rows = np.asarray(matrix if len(matrix) <= matrix.shape[1] else matrix.T, np.float64)
    values = linalg.eigvalsh(exact_gram(rows), check_finite=False)
    return float(np.sqrt(np.maximum(values, 0)).sum())


PROCRUSTES = Similarity(
    "procrustes",
    "Procrustes angle",
    "The angle left between the two clouds of images after the best rotation.",
    "Williams et al., NeurIPS 2021; Schönemann, Psychometrika 1966",
    angular_distance,
    ("permutation", "rotation", "scaling", "shift", "duplication", "silence"),
    same=0.0,
    distance=True,
    unit="rad",
)
