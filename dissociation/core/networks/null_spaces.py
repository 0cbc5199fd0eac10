"""The directions no image ever uses: rank, dimension and a basis of the inputs' null space.

Weights may change freely along these directions without any change on the images they come from
(Braun, Grant & Saxe 2025, input-null noise).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float, Float32, Float64, Real, Shaped

from dissociation.core.data.datasets import mnist_test, mnist_train
from dissociation.core.pauses import apart, pause
from dissociation.core.validation import check_choice

#: Rows of so many columns whose Gram matrix is formed at once.
ROWS, SIDE = 10_000, 1_024
#: For each column, of which distinct one it is a multiple, and its factor: `(d,)` each.
Copies: TypeAlias = tuple[np.ndarray, np.ndarray]
FLOAT32_EPS = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class NullSpace:
    """Rank and null space of a data matrix `(n, d)`.

    - `singular_values`: `(d,)` float64, descending.
    - `threshold`: values at or below it count as zero.
    - `basis`: `(null_dimension, d)` float32 with orthonormal rows, unique up to a rotation.
    """

    singular_values: Float64[np.ndarray, " d"]
    threshold: float
    basis: Float32[np.ndarray, "null_dimension d"]

    @property
    def rank(self) -> int:
        """Number of singular values above the threshold."""
        return len(self.singular_values) - len(self.basis)

    @property
    def dimension(self) -> int:
        """Number of null directions."""
        return len(self.basis)


def null_space(data: Shaped[np.ndarray, " ..."]) -> NullSpace:
    """Rank, null dimension and null basis of `data`, by the convention of `matrix_rank` in float32.

    **Arguments:**

    - `data`: `(n, d)` real matrix, one sample a row.

    **Returns:** a [`NullSpace`][]; singular values at or below `max(S) * max(n, d) * eps(float32)`
    count as zero.

    **Raises:** `ValueError` if `data` is not a non-empty finite matrix.
    """
    data = np.asarray(data)
    if data.ndim != 2 or data.size == 0:
        raise ValueError(f"data must be a non-empty (n, d) matrix, not of shape {data.shape}.")
    n, d = data.shape
    size = rows_at_once(d)
    products = gram(data[start : start + size] for start in range(0, n, size))
    return NullSpace(*_null_directions(products, max(n, d)))


def rows_at_once(d: int) -> int:
    """Rows of `d` columns whose Gram matrix takes some tenths of a second."""
    return max(1, min(ROWS, int(ROWS * (SIDE / d) ** 2)))


def gram(blocks: Iterable[Real[np.ndarray, "_ d"]]) -> Float64[np.ndarray, "d d"]:
    """`(d, d)` float64 Gram matrix of the columns of a matrix that comes in blocks of rows.

    **Raises:** `ValueError` if one of them is not finite.
    """
    total, bands = np.zeros((0, 0)), []
    for block in blocks:
        if not np.isfinite(block).all():
            raise ValueError("data must be finite.")
        block = block.astype(np.float64)
        if not total.size:
            d = block.shape[1]
            total = np.zeros((d, d))
            bands = [slice(start, min(start + SIDE, d)) for start in range(0, d, SIDE)]
        for band in bands:
            pause()
            total[band, : band.stop] += block.T[band] @ block[:, : band.stop]
    for band in bands:
        pause()
        total[band, band.stop :] = total[band.stop :, band].T
    return total


def _decomposed(
    products: Float64[np.ndarray, "d d"], larger: int
) -> tuple[Float64[np.ndarray, " d"], float, Float64[np.ndarray, "d d"]]:
    """Singular values in descending order, the threshold, and directions in ascending order.

    The singular values of an `(n, d)` matrix are the roots of the eigenvalues of its `d × d` Gram
    matrix, formed in float64. This never builds the `n × n` factor of a full decomposition, and
    float64 keeps the squared threshold (about 1e-6 of the largest eigenvalue) far from round-off.
    """
    eigenvalues, vectors = np.linalg.eigh(products)
    singular_values = np.sqrt(np.maximum(eigenvalues[::-1], 0.0))
    threshold = float(singular_values[0]) * larger * FLOAT32_EPS
    return singular_values, threshold, vectors


def null_work(products: Float64[np.ndarray, "d d"], larger: np.ndarray) -> tuple[Any, ...]:
    """Singular values, threshold and null basis from a Gram matrix and the larger dimension."""
    values, threshold, vectors = _decomposed(products, int(larger))
    basis = vectors[:, : int(np.sum(values <= threshold))].T
    return values, np.float64(threshold), np.ascontiguousarray(basis.astype(np.float32))


def range_work(products: Float64[np.ndarray, "d d"], larger: np.ndarray) -> tuple[np.ndarray, ...]:
    """What is left of the directions, `(rank, d)` float64 orthonormal rows."""
    values, threshold, vectors = _decomposed(products, int(larger))
    return (np.ascontiguousarray(vectors[:, int(np.sum(values <= threshold)) :].T),)


def _null_directions(
    products: Float64[np.ndarray, "d d"], larger: int
) -> tuple[Float64[np.ndarray, " d"], float, Float[np.ndarray, "null_dimension d"]]:
    found = apart(null_work, products, np.int64(larger), operations=decomposing(len(products)))
    return found[0], float(found[1]), found[2]


def decomposing(d: int) -> float:
    """Operations of all eigenvectors of a symmetric `d × d` matrix, or about that."""
    return 9.0 * d**3


def remainder(
    drawn: Float32[np.ndarray, "m d"],
    products: Float64[np.ndarray, "distinct distinct"],
    larger: int,
    copies: Copies,
) -> Float[np.ndarray, "m d"]:
    """`(m, d)` rows, without what of them lies in the row space of `(n, d)` data.

    **Arguments:**

    - `products`: Gram matrix of those columns of the data that are no multiples of others;
    - `larger`: max(n, d); `copies`: which column is which multiple of which of these.
    """
    index, factor = copies
    if len(products) == len(index):
        basis = _null_directions(products, larger)[2]
        return (drawn @ basis.T) @ basis
    # With H = U S, where S has a column for each column of H, S Sᵀ is diagonal. So H has the
    # singular values of U (S Sᵀ)^½, and its row space is spanned by what Sᵀ makes of theirs.
    sizes = np.sqrt(np.bincount(index, factor.astype(np.float64) ** 2, len(products)))
    products = products * np.outer(sizes, sizes)
    operations = decomposing(len(products))
    (rows,) = apart(range_work, products, np.int64(larger), operations=operations)
    share = np.divide(factor, sizes[index], out=np.zeros(len(index)), where=sizes[index] > 0)
    spanning = rows.astype(np.float32)[:, index]
    spanning *= share.astype(np.float32)
    return drawn - (drawn @ spanning.T) @ spanning


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
    # Float images of all training data, once made, would stay.
    starts = range(0, len(data), ROWS)
    products = gram(data.pixels[start : start + ROWS] / np.float32(255) for start in starts)
    return NullSpace(*_null_directions(products, len(data)))


def unit_direction(space: NullSpace, seed: int) -> Float32[np.ndarray, " d"]:
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


def lengths_within(space: NullSpace, images: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
    """Length of each image's part in the null space: `‖basis · x‖`, for `(n, d)` images `(n,)`.

    No direction of length 1 in the space has a larger inner product with the image; unlike the
    entries of `basis · x` it does not depend on the basis.
    """
    return np.linalg.norm(images @ space.basis.T, axis=1)
