"""Margins against noise: how many answers fall is how much of the noisy margins lies below 0.

The margin of an image is its right logit minus the largest other. Under small parameter noise the
logits are Gaussian with the covariance of [`noise_sources`][dissociation.theory.noise_sources], so
the noisy margins can be told without adding noise to any weight; all of their mass below 0 is
error.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissociation._lazy import jax, jit, jnp
from dissociation.buckets import pad_to
from dissociation.datasets import CLASSES
from dissociation.draws import normal
from dissociation.theory.noise_sources import PIECE
from dissociation.theory.sampled_noise import margin

#: Bins of a histogram of margins; half of them below 0.
BINS = 60
#: Gaussian draws an image, in pairs of opposite signs, and their key.
PREDICTED, _KEY = 64, 0
#: Keeps the factorisation of a covariance possible in float32, as a share of its mean variance.
_JITTER = 1e-5


def one_hot(labels: np.ndarray) -> np.ndarray:
    """`(n, 10)` float32 of `(n,)` digits."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def clean_margins(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`(n,)` margins of `(n, 10)` logits."""
    rows = np.arange(len(labels))
    others = logits.copy()
    others[rows, labels] = -np.inf
    return logits[rows, labels] - others.max(1)


def margin_noise(logits: np.ndarray, covariance: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`(n,)` variance of the margin per unit of σ²: of right logit minus first rival."""
    rows = np.arange(len(labels))
    others = logits.copy()
    others[rows, labels] = -np.inf
    rival = others.argmax(1)
    both = covariance[rows, labels, labels] + covariance[rows, rival, rival]
    return both - 2 * covariance[rows, labels, rival]


@jit()
def _predicted(logits: Any, covariance: Any, right: Any, xi: Any, sigmas: Any) -> Any:
    trace = jnp.trace(covariance, axis1=1, axis2=2)[:, None, None]
    jitter = (_JITTER / CLASSES * trace + 1e-30) * jnp.eye(CLASSES)[None]
    root = jnp.linalg.cholesky(covariance + jitter)
    # (draws, n, 10)
    noise = jnp.einsum("nab,db->dna", root, xi)

    def at(widths: Any) -> Any:
        return margin(logits[None] + widths[None, :, None] * noise, right[None])

    return jax.lax.map(at, sigmas)


def predicted_margins(
    logits: np.ndarray, covariance: np.ndarray, labels: np.ndarray, sigmas: np.ndarray
) -> np.ndarray:
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


def histogram(margins: np.ndarray, limit: float) -> np.ndarray:
    """`(…, 60)` counts of `(…, n)` margins in equal bins from -limit to limit.

    The first and the last bin hold all that lies beyond.
    """
    position = np.floor((margins + limit) * (BINS / (2 * limit)))
    bins = np.clip(position, 0, BINS - 1).astype(np.int64)
    rows = bins.reshape(-1, bins.shape[-1])
    own = rows + BINS * np.arange(len(rows))[:, None]
    counts = np.bincount(own.ravel(), minlength=BINS * len(rows))
    return counts.reshape(*bins.shape[:-1], BINS)


def edges(limit: float) -> np.ndarray:
    """`(61,)` edges of the bins."""
    return np.linspace(-limit, limit, BINS + 1)
