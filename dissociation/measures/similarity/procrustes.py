"""Orthogonal Procrustes: the angle that the best rotation leaves between two representations.

Williams et al., *Generalized shape metrics on neural representations*, NeurIPS 2021: with centred X
and Y, the narrower one filled up with silent neurons,

    θ = arccos( max_Q tr(QᵀXᵀY) / (‖X‖ ‖Y‖) ) = arccos( ‖XᵀY‖_* / (‖X‖ ‖Y‖) ),

as the maximum over orthogonal Q is the nuclear norm (Schönemann, 1966), which silent neurons do not
change. It is a metric: it obeys the triangle inequality.
"""

from __future__ import annotations

import numpy as np

from dissociation.measures.similarity.base import Similarity
from dissociation.measures.similarity.pair import Pair
from dissociation.measures.similarity.side import OneSide
from dissociation.pauses import apart


def angular_distance(pair: Pair) -> float:
    """The angle θ in radians, from 0 to π/2."""
    scale = np.sqrt(np.prod(pair.norms))
    if not (scale > 0 and np.isfinite(scale)):
        return float("nan")
    return float(np.arccos(min(1.0, _nuclear(pair) / scale)))


def _nuclear(pair: Pair) -> float:
    """‖XᵀY‖_*, from whichever products are smaller.

    Those of images have the same singular values: XᵀY (XᵀY)ᵀ = Xᵀ L X with L = YYᵀ, and with a root
    K = RRᵀ of K = XXᵀ, of `n` columns instead of X's, Rᵀ L R has the same eigenvalues, zeros apart.
    """
    if not len(pair) < min(pair.first.shape[1], pair.second.shape[1]) // 2:
        return nuclear_norm(pair.cross)
    root = pair.a.kept("root", _root)
    return _sum_of_roots(root.T @ pair.b.kernel @ root)


def _root(side: OneSide) -> np.ndarray:
    """`(n, n)` float64, a root of the images' products."""
    values, vectors = np.linalg.eigh(side.kernel)
    return vectors * np.sqrt(np.maximum(values, 0))


def _sum_of_roots(squares: np.ndarray) -> float:
    return float(np.sqrt(np.maximum(np.linalg.eigvalsh(squares), 0)).sum())


def nuclear_norm(matrix: np.ndarray) -> float:
    """The sum of the singular values: from the smaller Gram matrix in float64, which is quicker.

    By NumPy, which lets other threads run meanwhile; SciPy does not.
    """
    rows = np.asarray(matrix if len(matrix) <= matrix.shape[1] else matrix.T, np.float64)
    small, large = rows.shape
    operations = 2.0 * small**2 * large + 3.0 * small**3
    return float(apart(nuclear_work, rows, operations=operations)[0])


def nuclear_work(rows: np.ndarray) -> tuple[np.float64]:
    """The nuclear norm of `(m, n)` float64 rows."""
    return (np.float64(_sum_of_roots(rows @ rows.T)),)


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
