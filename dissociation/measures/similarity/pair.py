"""Two representations of the same images, with the products that measures of similarity share.

Centred linear CKA, Procrustes and ridge regression need the images only through the Gram matrices
XᵀX, YᵀY and XᵀY. These are made once, apart for each fold of the cross-validation, so that training
and held-out parts of every fold are sums and differences of them and no image is visited twice.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np

from dissociation._lazy import jit
from dissociation.buckets import bucket, pad_to
from dissociation.errors import InvalidValue

FOLDS = 5
LEAST = 2 * FOLDS


class Moments(NamedTuple):
    """Sums over the images of one fold, both sides centred over all images.

    - `images`: how many; `first`, `second`: `(d1,)`, `(d2,)` sums.
    - `xx`, `yy`, `xy`: `(d1, d1)`, `(d2, d2)`, `(d1, d2)` float32 Gram matrices.
    """

    images: int
    first: np.ndarray
    second: np.ndarray
    xx: np.ndarray
    yy: np.ndarray
    xy: np.ndarray

    def plus(self, other: Moments) -> Moments:
        """Those of both folds' images."""
        return self._joined(other, 1)

    def less(self, other: Moments) -> Moments:
        """Those of these images without the other fold's."""
        return self._joined(other, -1)

    def _joined(self, other: Moments, sign: int) -> Moments:
        return Moments(
            self.images + sign * other.images,
            self.first + sign * other.first,
            self.second + sign * other.second,
            self.xx + sign * other.xx,
            self.yy + sign * other.yy,
            self.xy + sign * other.xy,
        )


@jit()
def _products(x: Any, y: Any) -> tuple[Any, Any, Any]:
    return x.T @ x, y.T @ y, x.T @ y


@jit()
def _kernel(x: Any) -> Any:
    return x @ x.T


def centred(values: np.ndarray) -> np.ndarray:
    """`(n, d)` float32 with the mean over the images taken from each column."""
    return (values - values.mean(0, dtype=np.float64)).astype(np.float32)


def kernel(values: np.ndarray) -> np.ndarray:
    """`(n, n)` float64 products of all rows of `(n, d)` float32."""
    size, width = (bucket(length) for length in values.shape)
    products = _kernel(pad_to(values, size, width))
    return np.asarray(products, np.float64)[: len(values), : len(values)]


class Pair:
    """Activations (or logits) of two networks on the same images.

    **Arguments:**

    - `first`, `second`: `(n, d1)` and `(n, d2)` float32.

    **Raises:** `InvalidValue` unless both have the same number of images, at least ten.
    """

    def __init__(self, first: np.ndarray, second: np.ndarray):
        if len(first) != len(second) or len(first) < LEAST:
            sizes = f"{len(first)} and {len(second)}"
            raise InvalidValue("images", sizes, f"give the same images twice, at least {LEAST}")
        self.first = np.asarray(first, np.float32)
        self.second = np.asarray(second, np.float32)
        self._parts: dict[int, Pair] = {len(first): self}

    def __len__(self) -> int:
        return len(self.first)

    def upto(self, images: int) -> Pair:
        """The pair on its first images; kept, as several measures ask for the same ones."""
        count = min(images, len(self))
        if count not in self._parts:
            self._parts[count] = Pair(self.first[:count], self.second[:count])
        return self._parts[count]

    def shuffled(self, order: np.ndarray) -> Pair:
        """The first side's images against other images of the second: nothing in common."""
        other = Pair(self.first, self.second[order])
        # What shuffling only reorders is not computed again.
        other.x, other.y = self.x, self.y[order]
        first, second = self.kernels
        other.kernels = first, second[np.ix_(order, order)]
        return other

    @functools.cached_property
    def x(self) -> np.ndarray:
        """`(n, d1)` the first side, centred."""
        return centred(self.first)

    @functools.cached_property
    def y(self) -> np.ndarray:
        """`(n, d2)` the second side, centred."""
        return centred(self.second)

    @functools.cached_property
    def folds(self) -> list[Moments]:
        """The moments of each fold: every fifth image, from the first, second, … on."""
        found = []
        size = bucket(-(-len(self) // FOLDS))
        widths = [bucket(side.shape[1]) for side in (self.x, self.y)]
        for fold in range(FOLDS):
            x, y = self.x[fold::FOLDS], self.y[fold::FOLDS]
            padded = (pad_to(side, size, width) for side, width in zip((x, y), widths, strict=True))
            xx, yy, xy = (np.asarray(product) for product in _products(*padded))
            d1, d2 = x.shape[1], y.shape[1]
            first, second = (side.sum(0, dtype=np.float64) for side in (x, y))
            grams = (xx[:d1, :d1], yy[:d2, :d2], xy[:d1, :d2])
            found.append(Moments(len(x), first, second, *grams))
        return found

    @functools.cached_property
    def gram(self) -> Moments:
        """The moments of all images."""
        whole = self.folds[0]
        for fold in self.folds[1:]:
            whole = whole.plus(fold)
        return whole

    @functools.cached_property
    def kernels(self) -> tuple[np.ndarray, np.ndarray]:
        """`(n, n)` float64 centred linear kernels XXᵀ and YYᵀ; for few images."""
        return kernel(self.x), kernel(self.y)

    @functools.cached_property
    def norms(self) -> tuple[float, float]:
        """Squared Frobenius norms of the centred sides."""
        first, second = (float(np.square(s, dtype=np.float64).sum()) for s in (self.x, self.y))
        return first, second
