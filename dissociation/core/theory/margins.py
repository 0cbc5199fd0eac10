"""Margins against noise: how many answers fall is how much of the noisy margins lies below 0.

The margin of an image is its right logit minus the largest other. Under parameter noise the logits
have the moments of [`parameter_noise`][dissociation.core.theory.parameter_noise], under small noise
the covariance of [`noise_sources`][dissociation.core.theory.noise_sources]; so the noisy margins
can be told without adding noise to any weight, and all of their mass below 0 is error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import pad_to
from dissociation.core.data.datasets import CLASSES
from dissociation.core.draws import normal
from dissociation.core.theory.base import check_squares
from dissociation.core.theory.largest_logit import root
from dissociation.core.theory.noise_sources import PIECE
from dissociation.core.theory.parameter_noise import Moments
from dissociation.core.theory.sampled_noise import margin

#: Bins of a histogram of margins; half of them below 0.
BINS = 60
#: Gaussian draws an image, in pairs of opposite signs, and their key.
PREDICTED, _KEY = 64, 0


def one_hot(labels: Integer[np.ndarray, " n"]) -> Float32[np.ndarray, "n 10"]:
    """`(n, 10)` float32 of `(n,)` digits."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def _rivals(
    logits: Float[np.ndarray, "n 10"], labels: Integer[np.ndarray, " n"]
) -> Int64[np.ndarray, " n"]:
    others = logits.copy()
    others[np.arange(len(labels)), labels] = -np.inf
    return others.argmax(1)


def clean_margins(
    logits: Float[np.ndarray, "n 10"], labels: Integer[np.ndarray, " n"]
) -> Float32[np.ndarray, " n"]:
    """`(n,)` margins of `(n, 10)` logits."""
    rows = np.arange(len(labels))
    return logits[rows, labels] - logits[rows, _rivals(logits, labels)]


def margin_noise(
    logits: Float[np.ndarray, "n 10"],
    covariance: Float[np.ndarray, "n 10 10"],
    labels: Integer[np.ndarray, " n"],
) -> Float32[np.ndarray, " n"]:
    """`(n,)` variance of the margin per unit of σ²: of right logit minus first rival."""
    rows = np.arange(len(labels))
    rival = _rivals(logits, labels)
    both = covariance[rows, labels, labels] + covariance[rows, rival, rival]
    return both - 2 * covariance[rows, labels, rival]


@jit()
def _predicted(
    logits: Float32[Any, "n 10"],
    covariance: Float32[Any, "n 10 10"],
    right: Float32[Any, "n 10"],
    xi: Float32[Any, "_ 10"],
    sigmas: Float32[Any, "S n"],
) -> Float32[Any, "S 64 n"]:
    # (draws, n, 10)
    noise = jnp.einsum("nab,db->dna", root(covariance), xi)

    def at(widths: Any) -> Any:
        return margin(logits[None] + widths[None, :, None] * noise, right[None])

    return jax.lax.map(at, sigmas)


@jit()
def _noisy(
    moments: Moments, right: Float32[Any, "n 10"], xi: Float32[Any, "draws n 10"]
) -> Float32[Any, "d draws n"]:
    def drawn(covariance: Any) -> Any:
        noise = jnp.einsum("nab,dnb->dna", root(covariance), xi)
        return margin(moments.mean[None] + noise, right[None])

    return jax.lax.map(drawn, moments.parts)


def own_draws(images: int, piece: int) -> Float32[np.ndarray, "64 {images} 10"]:
    """`(64, images, 10)` standard normals, other ones for each image of each piece.

    With the same ones for all, what they are off by would not average out.
    """
    key = jax.random.fold_in(jax.random.PRNGKey(_KEY), piece)
    drawn = normal(key, (PREDICTED // 2, images * CLASSES)).reshape(-1, images, CLASSES)
    return np.concatenate([drawn, -drawn])


def noisy_margins(
    moments: Moments, labels: Integer[np.ndarray, " n"], xi: Float[np.ndarray, "64 _ 10"]
) -> tuple[Float32[np.ndarray, "k 64 n"], Float32[np.ndarray, " k"]]:
    """`(k, 64, n)` margins under noise that leaves these moments, and the `(k,)` parts' chances.

    **Arguments:**

    - `moments`: of at least `n` images; `labels`: `(n,)`; `xi`: of as many, [`own_draws`][].
    """
    right = pad_to(one_hot(labels), len(moments.mean))
    found = np.asarray(_noisy(moments, right, xi))[..., : len(labels)]
    check_squares(found)
    return found, np.asarray(moments.chances)


def margin_squares(
    logits: Float[np.ndarray, "n 10"], labels: Integer[np.ndarray, " n"], moments: Moments
) -> Float32[np.ndarray, " n"]:
    """`(n,)` mean square of what noise adds to right logit minus first rival.

    **Arguments:**

    - `logits`: `(n, 10)` without noise; `labels`: `(n,)`; `moments`: of at least `n` images.
    """
    rows = np.arange(len(labels))
    rival = _rivals(logits, labels)
    change = np.asarray(moments.mean)[: len(labels)] - logits
    moved = change[rows, labels] - change[rows, rival]
    covariance = np.asarray(moments.covariance)[: len(labels)]
    check_squares(covariance)
    return moved**2 + margin_noise(logits, covariance, labels)


def predicted_margins(
    logits: Float[np.ndarray, "n 10"],
    covariance: Float[np.ndarray, "n 10 10"],
    labels: Integer[np.ndarray, " n"],
    sigmas: Float[np.ndarray, "S n"],
) -> Float32[np.ndarray, "S 64 n"]:
    """`(S, 64, n)` margins that small noise is predicted to leave.

    **Arguments:**

    - `logits`: `(n, 10)`, `covariance`: `(n, 10, 10)` per unit of σ², of at most 250 images.
    - `labels`: `(n,)`; `sigmas`: `(S, n)` or `(S, 1)`, how wide the noise is, by that unit.
    """
    drawn = normal(jax.random.PRNGKey(_KEY), (PREDICTED // 2, CLASSES))
    xi = np.concatenate([drawn, -drawn])
    outputs, spread, right = (pad_to(r, PIECE) for r in (logits, covariance, one_hot(labels)))
    widths = np.broadcast_to(np.asarray(sigmas, np.float32), (len(sigmas), len(labels)))
    found = _predicted(outputs, spread, right, xi, pad_to(widths, len(widths), PIECE))
    return np.asarray(found)[..., : len(labels)]


def histogram(margins: Float[np.ndarray, "*rest n"], limit: float) -> Int64[np.ndarray, "*rest 60"]:
    """`(…, 60)` counts of `(…, n)` margins in equal bins from -limit to limit.

    The first and the last bin hold all that lies beyond.
    """
    position = np.floor((margins + limit) * (BINS / (2 * limit)))
    bins = np.clip(position, 0, BINS - 1).astype(np.int64)
    rows = bins.reshape(-1, bins.shape[-1])
    own = rows + BINS * np.arange(len(rows))[:, None]
    counts = np.bincount(own.ravel(), minlength=BINS * len(rows))
    return counts.reshape(*bins.shape[:-1], BINS)


def edges(limit: float) -> Float64[np.ndarray, " 61"]:
    """`(61,)` edges of the bins."""
    return np.linspace(-limit, limit, BINS + 1)
