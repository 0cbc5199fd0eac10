"""The directions no image ever uses: rank, dimension and a basis of the inputs' null space.

Weights may change freely along these directions without any change on the images they come from
(Braun, Grant & Saxe 2025, input-null noise).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from dissociation.datasets import mnist_test, mnist_train
from dissociation.errors import check_choice

FLOAT32_EPS = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class NullSpace:
    """Rank and null space of a data matrix `(n, d)`.

    - `singular_values`: `(d,)` float64, descending.
    - `threshold`: values at or below it count as zero.
    - `basis`: `(null_dimension, d)` float32 with orthonormal rows, unique up to a rotation.
    """

    singular_values: np.ndarray
    threshold: float
    basis: np.ndarray

    @property
    def rank(self) -> int:
        """Number of singular values above the threshold."""
        return len(self.singular_values) - len(self.basis)

    @property
    def dimension(self) -> int:
        """Number of null directions."""
        return len(self.basis)


def null_space(data: np.ndarray) -> NullSpace:
    """Rank, null dimension and null basis of `data`, by the convention of `matrix_rank` in float32.

    The singular values of an `(n, d)` matrix are the roots of the eigenvalues of its `d × d` Gram
    matrix, formed in float64. This never builds the `n × n` factor of a full decomposition, and
    float64 keeps the squared threshold (about 1e-6 of the largest eigenvalue) far from round-off.

    **Arguments:**

    - `data`: `(n, d)` real matrix, one sample a row.

    **Returns:** a [`NullSpace`][]; singular values at or below `max(S) * max(n, d) * eps(float32)`
    count as zero.

    **Raises:** `ValueError` if `data` is not a non-empty finite matrix.
    """
    data = np.asarray(data)
    if data.ndim != 2 or data.size == 0:
        raise ValueError(f"data must be a non-empty (n, d) matrix, not of shape {data.shape}.")
    if not np.isfinite(data).all():
        raise ValueError("data must be finite.")
    n, d = data.shape
    gram = np.zeros((d, d))
    for start in range(0, n, 10_000):
        block = data[start : start + 10_000].astype(np.float64)
        gram += block.T @ block
    eigenvalues, vectors = np.linalg.eigh(gram)
    singular_values = np.sqrt(np.maximum(eigenvalues[::-1], 0.0))
    threshold = float(singular_values[0]) * max(n, d) * FLOAT32_EPS
    null_dimension = int(np.sum(singular_values <= threshold))
    basis = np.ascontiguousarray(vectors[:, :null_dimension].T.astype(np.float32))
    return NullSpace(singular_values, threshold, basis)


#: Which images a null space may come from.
SOURCES = {
    "test": "the 10,000 test images (the notebook's choice)",
    "train": "the 60,000 training images (blind to the test set)",
}


@functools.cache
def input_null_space(source: str) -> NullSpace:
    """The null space of MNIST's `"test"` or `"train"` images; computed once a process.

    **Raises:** `InvalidValue` for another source; `DamagedData` if MNIST cannot be read.
    """
    check_choice("images", source, tuple(SOURCES))
    data = mnist_test() if source == "test" else mnist_train()
    return null_space(data.images)


def unit_direction(space: NullSpace, seed: int) -> np.ndarray:
    """A random direction of length 1 in the null space, uniform over all of them.

    A normal draw over all pixels is projected onto the space, so the direction depends on the
    space and the seed alone, not on which of its bases was found.

    **Arguments:**

    - `space`: with at least one dimension.
    - `seed`: of the draw.

    **Returns:** `(d,)` float32.

    **Raises:** `ValueError` if the space is empty.
    """
    if space.dimension == 0:
        raise ValueError("the null space is empty: there is no direction in it.")
    drawn = np.random.default_rng(seed).normal(size=space.basis.shape[1])
    within = (space.basis @ drawn) @ space.basis
    return (within / np.linalg.norm(within)).astype(np.float32)


def lengths_within(space: NullSpace, images: np.ndarray) -> np.ndarray:
    """Length of each image's part in the null space: `‖basis · x‖`, for `(n, d)` images `(n,)`.

    No direction of length 1 in the space has a larger inner product with the image; unlike the
    entries of `basis · x` it does not depend on the basis.
    """
    return np.linalg.norm(images @ space.basis.T, axis=1)


def eigh(matrix: np.ndarray) -> tuple[np.ndarray, ...]:
    """Eigenvalues and eigenvectors."""
    return tuple(np.linalg.eigh(matrix))
