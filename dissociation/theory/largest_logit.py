"""How likely it is that the label's logit is not the largest, under random logits.

The chance is an integral over the ten-dimensional normal `z` of `logits = μ + L z`. In polar
coordinates `z = r u` it needs few directions `u`: along each, the label wins on one interval of
`r`, whose probability the χ distribution with 10 degrees of freedom gives in closed form. The
directions are fixed, so a curve over noise scales is smooth.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from dissociation._lazy import jax, jnp
from dissociation.datasets import CLASSES

#: Orthonormal frames of directions, each taken with both signs.
FRAMES = 8
#: Directions and radii with quadratic logits.
QUADRATIC_FRAMES, RADII = 4, 8
#: Added to covariances, relative to their mean variance: below it float32 is rounding.
JITTER = 1e-5


def _frames(dimension: int, count: int) -> np.ndarray:
    """`(2 * count * dimension, dimension)` unit directions: random orthonormal frames, ±."""
    random = np.random.Generator(np.random.PCG64(0))
    frames = [np.linalg.qr(random.standard_normal((dimension,) * 2))[0] for _ in range(count)]
    directions = np.concatenate(frames)
    return np.concatenate([directions, -directions]).astype(np.float32)


def _chi10(radius: Any) -> Any:
    """Probability that ten standard normals are shorter than `radius`."""
    # Beyond 12 nothing is left; infinite radii would make NaN of the product.
    t = 0.5 * jnp.square(jnp.clip(radius, 0.0, 12.0))
    return 1 - jnp.exp(-t) * (1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4))))


def root(covariance: Any) -> Any:
    """Lower triangular `L` with `L Lᵀ` the covariances `(n, c, c)`, with a little jitter."""
    size = covariance.shape[-1]
    variance = jnp.trace(covariance, axis1=-2, axis2=-1) / size
    jitter = (JITTER * jnp.maximum(variance, 0.0) + 1e-20)[:, None, None]
    return jnp.linalg.cholesky(covariance + jitter * jnp.eye(size)[None])


def gaussian_error(mean: Any, covariance: Any, labels: Any) -> Any:
    """`(n,)` chance that the label's logit is not the largest, for Gaussian logits.

    **Arguments:**

    - `mean`: `(n, 10)`, `covariance`: `(n, 10, 10)` of the logits; `labels`: `(n,)` int32.
    """
    steps = jnp.einsum("nij,dj->ndi", root(covariance), jnp.asarray(_frames(CLASSES, FRAMES)))
    lead, slope = _ahead(mean, labels)[:, None, :], _ahead(steps, labels)
    crossing = -lead / jnp.where(slope == 0, 1e-30, slope)
    own = jax.nn.one_hot(labels, CLASSES, dtype=bool)[:, None, :]
    upto = jnp.where(own | (slope > 0), jnp.inf, crossing).min(-1)
    since = jnp.where(own | (slope <= 0), 0.0, crossing).max(-1)
    return 1 - jnp.maximum(_chi10(upto) - _chi10(since), 0.0).mean(-1)


def _ahead(logits: Any, labels: Any) -> Any:
    """How far the label's logit is ahead of each: `(n, ..., 10)`."""
    index = labels.reshape(labels.shape + (1,) * (logits.ndim - 1))
    return jnp.take_along_axis(logits, index, axis=-1) - logits


@functools.cache
def _nodes() -> np.ndarray:
    """`(samples, 20)` fixed normals: directions times radii that are equally likely."""
    from dissociation._lazy import stats

    size = 2 * CLASSES
    directions = _frames(size, QUADRATIC_FRAMES)
    radii = stats.chi.ppf((np.arange(RADII) + 0.5) / RADII, size)
    points = directions[:, None, :] * radii[None, :, None].astype(np.float32)
    return points.reshape(-1, size).astype(np.float32)


def quadratic_error(mean: Any, low: Any, curvature: Any, rest: Any, labels: Any) -> Any:
    """`(n,)` chance that the label's logit is not the largest, for quadratic forms of Gaussians.

    **Arguments:** of `logits_b = mean_b + (low z)_b + ½ (zᵀ curvature_b z - trace) + rest`

    - `mean`: `(n, 10)`; `low`: `(n, 10, 10)`; `curvature`: `(n, 10, 10, 10)`, logit first;
    - `rest`: `(n, 10, 10)` covariance of what is Gaussian and independent of `z`.
    """
    nodes = jnp.asarray(_nodes())
    z, other = nodes[:, :CLASSES], nodes[:, CLASSES:]
    squares = (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
    bent = curvature.reshape(*curvature.shape[:2], -1)
    trace = jnp.trace(curvature, axis1=-2, axis2=-1)
    logits = jnp.einsum("nij,sj->nsi", low, z) + jnp.einsum("nij,sj->nsi", root(rest), other)
    logits += 0.5 * (jnp.einsum("nbq,sq->nsb", bent, squares) - trace[:, None, :])
    logits += mean[:, None, :]
    return jnp.mean(jnp.argmax(logits, -1) != labels[:, None], axis=-1, dtype=jnp.float32)
