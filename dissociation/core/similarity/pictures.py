"""What a representation looks like: dissimilarities, activations and an embedding, by class.

Matrices are given as bytes, 0 to 255 from nothing to their largest value, as they are to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Integer, UInt8

from dissociation.core.data.datasets import CLASSES
from dissociation.core.similarity.distances import from_products
from dissociation.core.similarity.embedding import aligned, coordinates, recentred
from dissociation.core.similarity.representation import Representation

#: Images in a picture, as many of each digit, and neurons.
PICTURED, NEURONS = 250, 120
#: Images in an embedding.
EMBEDDED = 500


@dataclass(frozen=True)
class Picture:
    """One representation.

    - `dissimilarity`: `(250, 250)` uint8 Euclidean distances between images sorted by digit;
      `largest_distance`: what 255 stands for.
    - `activations`: `(250, 120)` uint8, the same images by neurons, sorted by the digit they
      respond to most; `largest_activation`: what 255 stands for (larger ones are cut off).
    - `embedding`: `(500, 2)` float32, root mean square 1.

    Where an activation is not a finite number, there is nothing to see: all is 0.
    """

    dissimilarity: UInt8[np.ndarray, "images images"]
    largest_distance: float
    activations: UInt8[np.ndarray, "images neurons"]
    largest_activation: float
    embedding: Float32[np.ndarray, "embedded 2"]


def _as_bytes(values: Float[np.ndarray, "_ n"], largest: float) -> UInt8[np.ndarray, "_ n"]:
    if not largest > 0:
        return np.zeros(values.shape, np.uint8)
    return np.round(np.clip(values / largest, 0, 1) * 255).astype(np.uint8)


def _blank(neurons: int) -> Picture:
    matrix, activations = (np.zeros((PICTURED, size), np.uint8) for size in (PICTURED, neurons))
    return Picture(matrix, 0.0, activations, 0.0, np.zeros((EMBEDDED, 2), np.float32))


def characteristic_neurons(
    hidden: Float[np.ndarray, "n d"], labels: Integer[np.ndarray, " n"], count: int
) -> Integer[np.ndarray, " most"]:
    """`(count,)` or fewer neurons, evenly from all, sorted by the digit they respond to most.

    **Arguments:**

    - `hidden`: `(n, d)` activations; `labels`: `(n,)` digits.
    """
    means = np.stack([hidden[labels == digit].mean(0) for digit in range(CLASSES)])
    preferred = means.argmax(0)
    order = np.lexsort((-means.max(0), preferred))
    # Neurons that never respond have no preference, and nothing to see.
    order = order[means.max(0)[order] > 0]
    if len(order) == 0:
        order = np.arange(hidden.shape[1])
    places = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return order[places]


def picture(
    side: Representation | np.ndarray,
    labels: Integer[np.ndarray, " n"],
    reference: Float[np.ndarray, "_ _"] | None = None,
) -> Picture:
    """The picture of a representation.

    **Arguments:**

    - `side`: `(n, d)` activations of images in stratified order, at least 250, at most 1,500; its
      products are those that measures need, too.
    - `labels`: `(n,)` their digits.
    - `reference`: an embedding to turn this one onto.
    """
    side = side if isinstance(side, Representation) else Representation(side)
    hidden = side.values
    if not side.finite:
        return _blank(min(NEURONS, hidden.shape[1]))
    shown = np.argsort(labels[:PICTURED], kind="stable")
    seen = hidden[:PICTURED][shown]
    products = side.kernel[:EMBEDDED, :EMBEDDED]
    distances = side.unit * np.sqrt(from_products(products[np.ix_(shown, shown)]))
    neurons = seen[:, characteristic_neurons(hidden[:PICTURED], labels[:PICTURED], NEURONS)]
    furthest, strongest = float(distances.max()), float(np.quantile(neurons, 0.995))
    points = coordinates(recentred(products))
    if reference is not None:
        points = aligned(points, reference)
    return Picture(
        _as_bytes(distances, furthest),
        furthest,
        _as_bytes(neurons, strongest),
        strongest,
        points.astype(np.float32),
    )
