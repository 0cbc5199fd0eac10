"""The hidden layer of linear networks: its similarity matrix, and what can be read from it.

Unlike for the trained networks of this lab there are few items here, and no noise in them.
So everything is in float64 and on all items, without any held out: linear predictivity asks whether
one hidden layer is a linear function of another at all.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.linear.families import Weights
from dissociation.core.linear.solved import TOLERANCE
from dissociation.core.similarity.embedding import aligned, signed
from dissociation.core.similarity.rsa import upper


def similarity_matrices(hidden: Float[np.ndarray, "T n P"]) -> Float64[np.ndarray, "T P P"]:
    """`(T, P, P)` HᵀH of hidden layers `(T, n_hidden, P)` (paper, Eq. 3)."""
    return hidden.mT @ hidden


def _centred(hidden: Float[np.ndarray, "n d k"]) -> Float64[np.ndarray, "n d k"]:
    return hidden - hidden.mean(-1, keepdims=True)


def rsa(
    first: Float[np.ndarray, "T P P"], second: Float[np.ndarray, "U P P"]
) -> Float64[np.ndarray, "T U"]:
    """`(T, U)` Pearson correlation of similarity matrices over all pairs of items.

    Kriegeskorte et al., Frontiers in Systems Neuroscience 2008; paper, Section 4.2. NaN where all
    pairs are alike.

    **Arguments:**

    - `first`, `second`: `(T, P, P)`, `(U, P, P)`.
    """
    sides = []
    for matrices in (first, second):
        pairs = np.array([upper(matrix) for matrix in matrices])
        pairs -= pairs.mean(1, keepdims=True)
        norms = np.linalg.norm(pairs, axis=1, keepdims=True)
        largest = np.abs(matrices).max((1, 2))[:, None]
        sides.append(pairs / np.where(norms > TOLERANCE * largest, norms, np.nan))
    return sides[0] @ sides[1].T


def predictivity(
    source: Float[np.ndarray, "T n P"], target: Float[np.ndarray, "U m P"]
) -> Float64[np.ndarray, "T U"]:
    """`(T, U)` R² of target layers read linearly, with an intercept, from source layers.

    Yamins et al., PNAS 2014; paper, Section 4.1. NaN for a target that is the same for all items.

    **Arguments:**

    - `source`, `target`: `(T, n, P)`, `(U, m, P)` hidden layers.
    """
    x = _centred(source)
    # The projector on what a linear reader can make of the source, as patterns over items.
    readable = np.linalg.pinv(x, rcond=TOLERANCE) @ x
    wanted = similarity_matrices(_centred(target))
    totals = np.trace(wanted, axis1=1, axis2=2)
    explained = readable.reshape(len(x), -1) @ wanted.reshape(len(wanted), -1).T
    return explained / np.where(totals > 0, totals, np.nan)


def decoder_drift(networks: Weights, x: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, " T"]:
    """`(T,)` error of one linear decoder along a walk, as a share of the outputs' squared norm.

    The decoder is the best one of the outputs from the first network's hidden layer (paper,
    Section 4.3). At 0 it reads all, at 1 it is as good as to say nothing.
    """
    hidden = networks.w1 @ x
    outputs = networks.w2[0] @ hidden[0]
    decoder = outputs @ np.linalg.pinv(hidden[0], rcond=TOLERANCE)
    return np.sum((decoder @ hidden - outputs) ** 2, axis=(1, 2)) / np.sum(outputs**2)


def similarity_drift(networks: Weights, x: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, " T"]:
    """`(T,)` RSA of each network of a walk with the first one."""
    matrices = similarity_matrices(networks.w1 @ x)
    return rsa(matrices[:1], matrices)[0]


def embeddings(networks: Weights, x: Float[np.ndarray, "n d"]) -> Float64[np.ndarray, "T P 2"]:
    """`(T, P, 2)` classical scaling of each hidden layer, turned onto the one before."""
    products = similarity_matrices(_centred(networks.w1 @ x))
    # As `similarity.embedding.coordinates`, of all networks at once.
    values, vectors = np.linalg.eigh(products)
    points = signed(vectors[..., :-3:-1]) * np.sqrt(np.maximum(values[..., None, :-3:-1], 0))
    sizes = np.sqrt(np.mean(np.sum(points**2, axis=2), axis=1))[:, None, None]
    points = points / np.where(sizes > 0, sizes, 1)
    for before, own in zip(points[:-1], points[1:], strict=True):
        own[:] = aligned(own, before)
    return points
