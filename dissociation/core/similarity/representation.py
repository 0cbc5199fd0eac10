"""One representation of some images, and what measures make of it that is worth keeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Float64, Integer

from dissociation.core.pauses import cached_property
from dissociation.core.similarity.products import gram

#: Up to this many images, products of images are smaller than those of neurons.
FEW = 1_500
#: Of powers of two whose reciprocals float32 holds.
EXPONENTS = (-126, 126)


class Centred(NamedTuple):
    """A representation about its mean, in a unit of its own.

    - `values`: `(n, d)` float32, at most 1 in size.
    - `unit`: the power of two that they are multiples of, so that no product of them overflows or
      vanishes, and none is rounded differently.
    - `spread`: the largest of them before, in size; NaN if any activation is not finite.
    """

    values: Float32[np.ndarray, "n d"]
    unit: float
    spread: float


def centred(values: Float[np.ndarray, "n d"]) -> Centred:
    """`(n, d)` activations with the mean over the images taken from each column.

    Differences are taken in float64: the mean may be many times what varies about it.
    """
    found = np.empty(values.shape, np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        mean = values.mean(0, dtype=np.float64)
        np.subtract(values, mean, out=found, dtype=np.float64, casting="same_kind")
    spread = float(np.maximum(found.max(), -found.min()))
    if not 0 < spread < np.inf:
        return Centred(found, 1.0, spread if spread == 0 else float("nan"))
    unit = 2.0 ** int(np.clip(np.frexp(spread)[1], *EXPONENTS))
    found *= np.float32(1 / unit)
    return Centred(found, unit, spread)


#: Why nothing can be said of a side; `{side}` is its letter.
NOT_FINITE = "{side} has activations that are not finite numbers"
CONSTANT = "{side}'s activations are the same for all images"

Make = Callable[["Representation"], Any]


class Representation:
    """Activations of one network, `(n, d)`.

    **Arguments:**

    - `values`: the activations, float32; or float64, which the closest distances are then told by.
    - `parent`, `order`: the same images in another order, from which what is known is reordered.
    """

    def __init__(
        self,
        values: Float[np.ndarray, "n d"],
        parent: Representation | None = None,
        order: Integer[np.ndarray, " n"] | None = None,
    ):
        values = np.asarray(values)
        self.values = values if values.dtype == np.float64 else np.asarray(values, np.float32)
        self.parent, self.order = parent, order
        self._kept: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.values)

    @property
    def few(self) -> bool:
        """Whether products of images are smaller than those of neurons."""
        return len(self) <= FEW

    @cached_property
    def _about_mean(self) -> Centred:
        if self.parent is not None:
            known = self.parent._about_mean
            return known._replace(values=known.values[self.order])
        return centred(self.values)

    @property
    def centred(self) -> Float32[np.ndarray, "n d"]:
        """`(n, d)` float32 with the mean over the images taken from each column, in `unit`s."""
        return self._about_mean.values

    @property
    def unit(self) -> float:
        """A power of two near the largest centred activation."""
        return self._about_mean.unit

    @property
    def finite(self) -> bool:
        """Whether all activations are finite numbers."""
        return not np.isnan(self._about_mean.spread)

    @property
    def problem(self) -> str:
        """Why no measure of representations is defined, in words; empty where they are."""
        if not self.finite:
            return NOT_FINITE
        if self._about_mean.spread > 0:
            return ""
        return "{side}'s activations are all 0" if not self.values.any() else CONSTANT

    @cached_property
    def squares(self) -> Float64[np.ndarray, " n"]:
        """`(n,)` float64 squared norms of the centred rows, in squared `unit`s."""
        if self.parent is not None:
            return self.parent.squares[self.order]
        return np.square(self.centred, dtype=np.float64).sum(1)

    def _known(self, name: str, make: Make, reordered: Callable[..., np.ndarray]) -> np.ndarray:
        if name not in self._kept:
            if self.parent is None:
                self._kept[name] = make(self)
            else:
                known = self.parent._known(name, make, reordered)
                self._kept[name] = reordered(known, self.order)
        return self._kept[name]

    def upto(self, images: int) -> Representation:
        """Its first images; kept, with all that is made of them."""
        if images >= len(self):
            return self
        return self.kept(f"first {images}", lambda side: Representation(side.values[:images]))

    def kept(self, name: str, make: Make) -> Any:
        """What depends on the order of the images, made once for this one."""
        if name not in self._kept:
            self._kept[name] = make(self)
        return self._kept[name]

    def square(self, name: str, make: Make) -> Float[np.ndarray, "n n"]:
        """An `(n, n)` matrix over pairs of images, made once and reordered for other orders."""
        return self._known(name, make, lambda known, order: known[np.ix_(order, order)])

    def rows(self, name: str, make: Make) -> Integer[np.ndarray, "n k"]:
        """`(n, k)` positions of other images, made once and renumbered for other orders."""
        return self._known(name, make, lambda known, order: np.argsort(order)[known[order]])

    @property
    def kernel(self) -> Float64[np.ndarray, "n n"]:
        """`(n, n)` float64 linear kernel of the centred images, in squared `unit`s; for few."""
        return self.square("kernel", lambda side: gram(side.centred))
