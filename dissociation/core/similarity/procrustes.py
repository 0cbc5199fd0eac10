"""Orthogonal Procrustes: the angle that the best rotation leaves between two representations.

Williams et al., *Generalized shape metrics on neural representations*, NeurIPS 2021: with centred X
and Y, the narrower one filled up with silent neurons,

    θ = arccos( max_Q tr(QᵀXᵀY) / (‖X‖ ‖Y‖) ) = arccos( ‖XᵀY‖_* / (‖X‖ ‖Y‖) ),

as the maximum over orthogonal Q is the nuclear norm (Schönemann, 1966), which silent neurons do not
change. It is a metric: it obeys the triangle inequality.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.pauses import apart, pause
from dissociation.core.similarity.base import Similarity
from dissociation.core.similarity.cka import biased
from dissociation.core.similarity.pair import Pair
from dissociation.core.similarity.representation import Representation

#: Linear CKA, from which on the angle is small; the distance of sides that are equal but for
#: rounding.
NEAR, EQUAL = 1 - 1e-4, 1e-6
#: Images that are in memory in float64 at once.
IMAGES = 1_000


def angular_distance(pair: Pair) -> float:
    """The angle θ in radians, from 0 to π/2."""
    if biased(pair) > NEAR:
        return _small_angle(pair)
    return _angle(_nuclear(pair), pair)


def _angle(nuclear: float, pair: Pair) -> float:
    return float(np.arccos(min(1.0, nuclear / np.sqrt(np.prod(pair.norms)))))


def _small_angle(pair: Pair) -> float:
    """The angle of sides that are almost equal, where the cosine says too little in float32.

    An error e of the cosine is one of √(2e) of the angle at 0. Sides that are equal as they are
    need no rotation, and no cosine: the angle is 2 arcsin(‖X/‖X‖ − Y/‖Y‖‖ / 2).
    """
    if pair.x.shape == pair.y.shape:
        x, y = (np.float32(1 / np.sqrt(norm)) for norm in pair.norms)
        apart = np.sqrt(np.square(pair.x * x - pair.y * y).sum(dtype=np.float64))
        if apart < EQUAL:
            return float(2 * np.arcsin(apart / 2))
    if _fewer(pair):
        # With Xᵀ = QR of either side, XᵀY has the singular values of the product of the two R.
        first, second = map(_triangle, (pair.x, pair.y))
        products = first @ second.T
    else:
        products = np.zeros((pair.x.shape[1], pair.y.shape[1]))
        for start in range(0, len(pair), IMAGES):
            rows = slice(start, start + IMAGES)
            products += pair.x[rows].T.astype(float) @ pair.y[rows].astype(float)
    return _angle(np.linalg.svd(products, compute_uv=False).sum(), pair)


def _triangle(side: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "_ n"]:
    """R of the side's Xᵀ = QR, float64."""
    pause()
    return np.asarray(np.linalg.qr(side.T.astype(float), mode="r"))


def _fewer(pair: Pair) -> bool:
    """Whether there are far fewer images than neurons."""
    return len(pair) < min(pair.first.shape[1], pair.second.shape[1]) // 2


def _nuclear(pair: Pair) -> float:
    """‖XᵀY‖_*, from whichever products are smaller.

    Those of images have the same singular values: XᵀY (XᵀY)ᵀ = Xᵀ L X with L = YYᵀ, and with a root
    K = RRᵀ of K = XXᵀ, of `n` columns instead of X's, Rᵀ L R has the same eigenvalues, zeros apart.
    """
    if not _fewer(pair):
        return nuclear_norm(pair.cross)
    root = pair.a.kept("root", _root)
    return _sum_of_roots(root.T @ pair.b.kernel @ root)


def _root(side: Representation) -> Float64[np.ndarray, "n n"]:
    """`(n, n)` float64, a root of the images' products."""
    values, vectors = np.linalg.eigh(side.kernel)
    return vectors * np.sqrt(np.maximum(values, 0))


def _sum_of_roots(squares: Float[np.ndarray, "n n"]) -> float:
    return float(np.sqrt(np.maximum(np.linalg.eigvalsh(squares), 0)).sum())


def nuclear_norm(matrix: Float[np.ndarray, "rows columns"]) -> float:
    """The sum of the singular values: from the smaller Gram matrix in float64, which is quicker.

    By NumPy, which lets other threads run meanwhile; SciPy does not.
    """
    rows = np.asarray(matrix if len(matrix) <= matrix.shape[1] else matrix.T, np.float64)
    small, large = rows.shape
    operations = 2.0 * small**2 * large + 3.0 * small**3
    return float(apart(nuclear_work, rows, operations=operations)[0])


def nuclear_work(rows: Float[np.ndarray, "m n"]) -> tuple[np.float64]:
    """The nuclear norm of `(m, n)` float64 rows."""
    return (np.float64(_sum_of_roots(rows @ rows.T)),)


PROCRUSTES = Similarity(
    "procrustes",
    "Procrustes angle",
    "The angle left between the two clouds of images after the best rotation.",
    "Williams et al., NeurIPS 2021; Schönemann, Psychometrika 1966",
    angular_distance,
    ("permutation", "rotation", "scaling", "shift", "offset", "duplication", "silence"),
    best=0.0,
    distance=True,
    unit="rad",
)
