"""A representation in two dimensions: classical multidimensional scaling, turned so as not to jump.

Classical scaling of Euclidean distances is the projection on the two largest principal components
(Torgerson, Psychometrika 1952). Their signs, and their order where they are nearly equal, are
arbitrary, so an embedding is rotated or reflected onto a reference (orthogonal Procrustes), and
both are drawn in units of their own root mean square.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core._lazy import linalg
from dissociation.core.similarity.products import gram
from dissociation.core.similarity.representation import centred


def classical_scaling(values: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "n 2"]:
    """`(n, 2)` float64 coordinates of the rows of `(n, d)`, with root mean square 1."""
    return coordinates(gram(centred(values).values))


def coordinates(products: Float[np.ndarray, "n n"]) -> Float64[np.ndarray, "n 2"]:
    """The same from the products of the centred rows, `(n, n)` float64."""
    top = [len(products) - 2, len(products) - 1]
    eigenvalues, vectors = linalg.eigh(products, subset_by_index=top, check_finite=False)
    points = signed(vectors[:, ::-1]) * np.sqrt(np.maximum(eigenvalues[::-1], 0))
    size = np.sqrt(np.mean(np.sum(points**2, axis=1)))
    return points / size if size > 0 else points


def signed(vectors: Float[np.ndarray, "*n k"]) -> Float[np.ndarray, "*n k"]:
    """Columns of `(..., n, k)` of the sign that makes their largest entry positive.

    Solvers give either sign, and not the same one on every machine.
    """
    largest = np.abs(vectors).argmax(-2, keepdims=True)
    return vectors * np.sign(np.take_along_axis(vectors, largest, -2))


def recentred(products: Float[np.ndarray, "n n"]) -> Float64[np.ndarray, "n n"]:
    """The products of some of the rows, `(n, n)` float64, from which their own mean is taken."""
    means = products.mean(0)
    return products - means[:, None] - means[None, :] + means.mean()


def aligned(
    points: Float[np.ndarray, "n 2"], reference: Float[np.ndarray, "n 2"]
) -> Float64[np.ndarray, "n 2"]:
    """The points `(n, 2)`, rotated or reflected to lie as near to the reference as they can."""
    # Of 2 × 2, for which nothing of SciPy need be loaded.
    left, _, right = np.linalg.svd(points.T @ reference)
    return points @ (left @ right)
