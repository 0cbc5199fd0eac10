"""One representation of some images, and what measures make of it that is worth keeping."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from dissociation.measures.similarity.products import gram


def centred(values: np.ndarray) -> np.ndarray:
    """`(n, d)` float32 with the mean over the images taken from each column."""
    return values - values.mean(0, dtype=np.float64).astype(np.float32)


Make = Callable[["OneSide"], Any]


class OneSide:
    """Activations of one network, `(n, d)` float32.

    **Arguments:**

    - `values`: the activations.
    - `parent`, `order`: the same images in another order, from which what is known is reordered.
    """

    def __init__(
        self,
        values: np.ndarray,
        parent: OneSide | None = None,
        order: np.ndarray | None = None,
    ):
        self.values = np.asarray(values, np.float32)
        self.parent, self.order = parent, order
        self._kept: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.values)

    @functools.cached_property
    def centred(self) -> np.ndarray:
        """`(n, d)` float32 with the mean over the images taken from each column."""
        if self.parent is not None:
            return self.parent.centred[self.order]
        return centred(self.values)

    @functools.cached_property
    def squares(self) -> np.ndarray:
        """`(n,)` float64 squared norms of the centred rows."""
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

    def upto(self, images: int) -> OneSide:
        """Its first images; kept, with all that is made of them."""
        if images >= len(self):
            return self
        return self.kept(f"first {images}", lambda side: OneSide(side.values[:images]))

    def kept(self, name: str, make: Make) -> Any:
        """What depends on the order of the images, made once for this one."""
        if name not in self._kept:
            self._kept[name] = make(self)
        return self._kept[name]

    def square(self, name: str, make: Make) -> np.ndarray:
        """An `(n, n)` matrix over pairs of images, made once and reordered for other orders."""
        return self._known(name, make, lambda known, order: known[np.ix_(order, order)])

    def rows(self, name: str, make: Make) -> np.ndarray:
        """`(n, k)` positions of other images, made once and renumbered for other orders."""
        return self._known(name, make, lambda known, order: np.argsort(order)[known[order]])

    @property
    def kernel(self) -> np.ndarray:
        """`(n, n)` float64 linear kernel of the centred images; for few of them."""
        return self.square("kernel", lambda side: gram(side.centred))
