"""Two representations of the same images, with the products that measures of similarity share.

Centred linear CKA, Procrustes and ridge regression need the images only through the Gram matrices
XᵀX, YᵀY and XᵀY. These are made once, apart for each fold of the cross-validation, so that training
and held-out parts of every fold are sums and differences of them and no image is visited twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Integer

from dissociation.core._lazy import jit
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.pauses import cached_property, pause
from dissociation.core.similarity.products import cross
from dissociation.core.similarity.representation import Representation
from dissociation.core.validation import InvalidValue

FOLDS = 5
#: An image and its ten nearest others.
NEIGHBOURS = 10
LEAST = NEIGHBOURS + 1


class Moments(NamedTuple):
    """Sums over the images of one fold, both sides centred over all images.

    - `images`: how many; `first`, `second`: `(d1,)`, `(d2,)` sums.
    - `xx`, `yy`, `xy`: `(d1, d1)`, `(d2, d2)`, `(d1, d2)` float32 Gram matrices.
    """

    images: int
    first: Float64[np.ndarray, " d1"]
    second: Float64[np.ndarray, " d2"]
    xx: Float32[np.ndarray, "d1 d1"]
    yy: Float32[np.ndarray, "d2 d2"]
    xy: Float32[np.ndarray, "d1 d2"]

    def plus(self, other: Moments) -> Moments:
        """Those of both folds' images."""
        return self._joined(other, 1)

    def less(self, other: Moments) -> Moments:
        """Those of these images without the other fold's."""
        return self._joined(other, -1)

    def of_first(self) -> Moments:
        """Those of the first side beside itself."""
        return Moments(self.images, self.first, self.first, self.xx, self.xx, self.xx)

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
def _products(x: Float32[Any, "n d1"], y: Float32[Any, "n d2"]) -> Float32[Any, "d1 d2"]:
    return x.T @ y


class Pair:
    """Activations (or logits) of two networks on the same images.

    **Arguments:**

    - `first`, `second`: `(n, d1)` and `(n, d2)` float32, or such sides.

    **Raises:** `InvalidValue` unless both have the same number of images, at least eleven.
    """

    def __init__(self, first: np.ndarray | Representation, second: np.ndarray | Representation):
        self.a, self.b = (
            s if isinstance(s, Representation) else Representation(s) for s in (first, second)
        )
        if len(self.a) != len(self.b) or len(self.a) < LEAST:
            sizes = f"{len(self.a)} and {len(self.b)}"
            raise InvalidValue("images", sizes, f"give the same images twice, at least {LEAST}")
        self._parts: dict[int, Pair] = {len(self.a): self}

    def __len__(self) -> int:
        return len(self.a)

    @property
    def few(self) -> bool:
        """Whether products of images are smaller than those of neurons."""
        return self.a.few

    def upto(self, images: int) -> Pair:
        """The pair on its first images; kept, as several measures ask for the same ones."""
        count = min(images, len(self))
        if count not in self._parts:
            self._parts[count] = Pair(self.a.upto(count), self.b.upto(count))
        return self._parts[count]

    def shuffled(self, order: Integer[np.ndarray, " n"]) -> Pair:
        """The first side's images against other images of the second: nothing in common."""
        return Pair(self.a, Representation(self.b.values[order], self.b, order))

    @cached_property
    def itself(self) -> Pair:
        """The first side against itself; what is known of it is not made again."""
        pair = Pair(self.a, self.a)
        if not self.few:
            pair.folds = [fold.of_first() for fold in self.folds]
            pair.gram = self.gram.of_first()
        return pair

    @property
    def first(self) -> Float32[np.ndarray, "n d1"]:
        """`(n, d1)` the first side as it is."""
        return self.a.values

    @property
    def second(self) -> Float32[np.ndarray, "n d2"]:
        """`(n, d2)` the second side as it is."""
        return self.b.values

    @property
    def x(self) -> Float32[np.ndarray, "n d1"]:
        """`(n, d1)` the first side, centred."""
        return self.a.centred

    @property
    def y(self) -> Float32[np.ndarray, "n d2"]:
        """`(n, d2)` the second side, centred."""
        return self.b.centred

    @cached_property
    def cross(self) -> Float32[np.ndarray, "d1 d2"]:
        """`(d1, d2)` float32 XᵀY."""
        if not self.few:
            return self.gram.xy
        return cross(self.x, self.y)

    @cached_property
    def folds(self) -> list[Moments]:
        """The moments of each fold: every fifth image, from the first, second, … on."""
        found = []
        size = bucket(-(-len(self) // FOLDS))
        widths = [bucket(side.shape[1]) for side in (self.x, self.y)]
        for fold in range(FOLDS):
            x, y = self.x[fold::FOLDS], self.y[fold::FOLDS]
            one, other = map(pad_to, (x, y), (size, size), widths)
            pairs = (one, one), (other, other), (one, other)
            xx, yy, xy = (np.asarray(_products(*pair)) for pair in pairs)
            d1, d2 = x.shape[1], y.shape[1]
            first, second = (side.sum(0, dtype=np.float64) for side in (x, y))
            grams = (xx[:d1, :d1], yy[:d2, :d2], xy[:d1, :d2])
            found.append(Moments(len(x), first, second, *grams))
        return found

    @cached_property
    def gram(self) -> Moments:
        """The moments of all images."""
        whole = self.folds[0]
        for fold in self.folds[1:]:
            pause()
            whole = whole.plus(fold)
        return whole

    @property
    def norms(self) -> tuple[float, float]:
        """Squared Frobenius norms of the centred sides."""
        return float(self.a.squares.sum()), float(self.b.squares.sum())
