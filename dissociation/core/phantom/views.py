"""Where a phantom's picture is to be seen, and how well it can be read there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real, UInt8

from dissociation.core.data import motifs
from dissociation.core.manipulations.phantom import (
    ACTIVATIONS,
    PAINTED,
    Phantom,
    quadrant,
    similarity,
)
from dissociation.core.similarity.pictures import characteristic_neurons


class Shade(NamedTuple):
    """A matrix as it is to be seen: `values` uint8, 0 and 255 standing for `low` and `high`."""

    values: UInt8[np.ndarray, "rows columns"]
    low: float
    high: float


def shaded(values: np.ndarray, low: float, high: float) -> Shade:
    """The matrix with `low` and what is below as 0, `high` and what is above as 255."""
    width = high - low if high > low else 1.0
    scaled = np.clip((values - low) / width, 0, 1) * 255
    return Shade(np.round(scaled).astype(np.uint8), low, low + width)


def shaded_by_quantiles(values: np.ndarray, of: np.ndarray | None = None) -> Shade:
    """The matrix from the 0.5 % to the 99.5 % quantile of a part of it, or of all."""
    low, high = np.quantile(values if of is None else of, [0.005, 0.995])
    return shaded(values, float(low), float(high))


class View:
    """Where to look in a network for the picture.

    **Arguments:**

    - `phantom`: the rewrite; `width`: of its layer before it.
    """

    def __init__(self, phantom: Phantom, width: int):
        self.phantom, self.width = phantom, width
        rows, columns = PAINTED // 2, PAINTED // 2
        if phantom.shown_in == ACTIVATIONS:
            rows, columns = PAINTED, phantom.groups * phantom.group
        self.wanted = motifs.enlarged(phantom.greys, rows, columns)

    def read(self, hidden: Float[np.ndarray, "n d"]) -> Real[np.ndarray, "rows columns"]:
        """The part of `(250, hidden)` activations, or of what is made of them, that is painted."""
        if self.phantom.shown_in == ACTIVATIONS:
            return hidden[:, self.width :]
        return quadrant(similarity(hidden))

    def legibility(self, read: np.ndarray) -> float:
        """Pearson's correlation with the picture; 0 if there is nothing but one grey."""
        if not np.ptp(read) > 0:
            return 0.0
        return float(np.corrcoef(read.ravel(), self.wanted.ravel())[0, 1])

    def whole(self, hidden: np.ndarray) -> Shade:
        """All that there is to see, not the painted part alone."""
        if self.phantom.shown_in == ACTIVATIONS:
            return shaded_by_quantiles(hidden[:, self.width :])
        matrix = similarity(hidden)
        return shaded_by_quantiles(matrix, quadrant(matrix))

    def before(self, hidden: np.ndarray) -> Shade:
        """The same of the network that has no phantom: of as many of its own neurons."""
        if self.phantom.shown_in == ACTIVATIONS:
            labels = np.repeat(np.arange(10), PAINTED // 10)
            chosen = characteristic_neurons(hidden, labels, self.wanted.shape[1])
            return shaded_by_quantiles(hidden[:, chosen])
        return self.whole(hidden)
