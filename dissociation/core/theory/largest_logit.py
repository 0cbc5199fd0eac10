"""How likely it is that the label's logit is not the largest, under random logits.

The chance is an integral over the ten-dimensional normal `z` of `logits = μ + L z`. In polar
coordinates `z = r u` it needs few directions `u`: along each, the label wins on one interval of
`r`, whose probability the χ distribution with 10 degrees of freedom gives in closed form. The
directions are fixed, so a curve over noise scales is smooth; images take turns with `SETS` of them,
so that what a set is off by averages out over the images.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from jaxtyping import Float32, Integer, Real

from dissociation.core._lazy import jax, jnp, stats
from dissociation.core.data.datasets import CLASSES

#: Sets of directions; numbers of images must be multiples of it.
SETS = 8
#: Orthonormal frames of directions in a set, each taken with both signs.
FRAMES = 8
#: Frames and radii with quadratic logits.
QUADRATIC_FRAMES, RADII = 4, 8
#: Added to covariances, relative to their mean variance: below it float32 is rounding.
JITTER = 1e-5
#: Differences of logits, and their variances, relative to their own: below it logits are tied.
TIED = 1e-6


@functools.cache
def _directions(dimension: int, count: int) -> Float32[np.ndarray, "sets directions {dimension}"]:
    """`(SETS, 2 * count * dimension, dimension)` unit vectors: random orthonormal frames, ±."""
    random = np.random.Generator(np.random.PCG64(0))
    frames = np.linalg.qr(random.standard_normal((SETS, count, dimension, dimension)))[0]
    directions = frames.reshape(SETS, -1, dimension)
    return np.concatenate([directions, -directions], axis=1).astype(np.float32)


def _in_sets(values: Real[Any, " n *rest"]) -> Real[Any, "sets _ *rest"]:
    """`(n, ...)` as `(SETS, n / SETS, ...)`."""
    return values.reshape(SETS, -1, *values.shape[1:])


def _chi10(radius: Float32[Any, "*shape"]) -> Float32[Any, "*shape"]:
    """Probability that ten standard normals are shorter than `radius`."""
    # Beyond 12 nothing is left; infinite radii would make NaN of the product.
    t = 0.5 * jnp.square(jnp.clip(radius, 0.0, 12.0))
    return 1 - jnp.exp(-t) * (1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4))))


def root(covariance: Float32[Any, "n c c"]) -> Float32[Any, "n c c"]:
    """Lower triangular `L` with `L Lᵀ` the covariances `(n, c, c)`, with a little jitter.

    Where rounding leaves no such `L`, that of the variances alone.
    """
    size = covariance.shape[-1]
    variances = jnp.maximum(jnp.diagonal(covariance, axis1=-2, axis2=-1), 0.0)
    jitter = (JITTER * variances.mean(-1) + 1e-36)[:, None, None]
    low = jnp.linalg.cholesky(covariance + jitter * jnp.eye(size)[None])
    alone = jnp.sqrt(variances)[:, :, None] * jnp.eye(size)[None]
    return jnp.where(jnp.isfinite(low).all((-2, -1), keepdims=True), low, alone)


def gaussian_error(
    mean: Float32[Any, "n 10"], covariance: Float32[Any, "n 10 10"], labels: Integer[Any, " n"]
) -> Float32[Any, " n"]:
    """`(n,)` chance that the label's logit is not the largest, for Gaussian logits.

    **Arguments:**

    - `mean`: `(n, 10)`, `covariance`: `(n, 10, 10)` of the logits; `labels`: `(n,)` int32.

    **Returns:** NaN where a moment is not finite.
    """
    own = jax.nn.one_hot(labels, CLASSES, dtype=bool)[:, None, :]
    directions = jnp.asarray(_directions(CLASSES, FRAMES))
    steps = jnp.einsum("gnij,gdj->gndi", _in_sets(root(covariance)), directions)
    slope = _ahead(steps.reshape(len(mean), -1, CLASSES), labels)
    lead = (_ahead(mean, labels) + _decided(mean, covariance, labels))[:, None, :]
    crossing = -lead / jnp.where(slope == 0, 1e-30, slope)
    upto = jnp.where(own | (slope > 0), jnp.inf, crossing).min(-1)
    since = jnp.where(own | (slope <= 0), 0.0, crossing).max(-1)
    error = 1 - jnp.maximum(_chi10(upto) - _chi10(since), 0.0).mean(-1)
    known = jnp.isfinite(mean).all(-1) & jnp.isfinite(covariance).all((-2, -1))
    return jnp.where(known, error, jnp.nan)


def _decided(
    mean: Float32[Any, "n 10"], covariance: Float32[Any, "n 10 10"], labels: Integer[Any, " n"]
) -> Float32[Any, "n 10"]:
    """`(n, 10)` for logits that equal the label's whatever the noise: ±∞ by their order, else 0.

    Of equal logits the first is the answer, as it is where errors are counted: a network without
    any response always answers 0.
    """
    variances = jnp.diagonal(covariance, axis1=-2, axis2=-1)
    own = jnp.take_along_axis(covariance, labels[:, None, None], axis=-2)[:, 0]
    sums = variances + jnp.take_along_axis(variances, labels[:, None], axis=-1)
    sizes = jnp.abs(mean) + jnp.abs(jnp.take_along_axis(mean, labels[:, None], axis=-1))
    tied = (jnp.abs(sums - 2 * own) <= TIED * sums) & (
        jnp.abs(_ahead(mean, labels)) <= TIED * sizes
    )
    after = jnp.arange(CLASSES)[None] - labels[:, None]
    return jnp.where(tied & (after != 0), jnp.where(after > 0, jnp.inf, -jnp.inf), 0.0)


def _ahead(
    logits: Float32[Any, "n *rest 10"], labels: Integer[Any, " n"]
) -> Float32[Any, "n *rest 10"]:
    """How far the label's logit is ahead of each: `(n, ..., 10)`."""
    index = labels.reshape(labels.shape + (1,) * (logits.ndim - 1))
    return jnp.take_along_axis(logits, index, axis=-1) - logits


@functools.cache
def _nodes() -> Float32[np.ndarray, "sets samples 20"]:
    """`(SETS, samples, 20)` fixed normals: directions times radii that are equally likely."""
    size = 2 * CLASSES
    radii = stats.chi.ppf((np.arange(RADII) + 0.5) / RADII, size).astype(np.float32)
    points = _directions(size, QUADRATIC_FRAMES)[:, :, None, :] * radii[None, None, :, None]
    return points.reshape(SETS, -1, size)


def quadratic_error(
    mean: Float32[Any, "n 10"],
    covariance: Float32[Any, "n 10 10"],
    low: Float32[Any, "n 10 10"],
    curvature: Float32[Any, "n 10 10 10"],
    rest: Float32[Any, "n 10 10"],
    labels: Integer[Any, " n"],
) -> Float32[Any, " n"]:
    """`(n,)` chance that the label's logit is not the largest, for quadratic forms of Gaussians.

    **Arguments:** of `logits_b = mean_b + (low z)_b + ½ (zᵀ curvature_b z - trace) + rest`

    - `mean`: `(n, 10)`; `covariance`: `(n, 10, 10)` to first order, which tells what is tied;
    - `low`: `(n, 10, 10)`; `curvature`: `(n, 10, 10, 10)`, logit first;
    - `rest`: `(n, 10, 10)` covariance of what is Gaussian and independent of `z`.

    **Returns:** NaN where a logit is not finite.
    """
    nodes = jnp.asarray(_nodes())
    z, other = nodes[..., :CLASSES], nodes[..., CLASSES:]
    squares = (z[..., :, None] * z[..., None, :]).reshape(*z.shape[:-1], -1)
    bent = curvature.reshape(*curvature.shape[:2], -1)
    trace = jnp.trace(curvature, axis1=-2, axis2=-1)
    logits = jnp.einsum("gnij,gsj->gnsi", _in_sets(low), z)
    logits += jnp.einsum("gnij,gsj->gnsi", _in_sets(root(rest)), other)
    logits += 0.5 * jnp.einsum("gnbq,gsq->gnsb", _in_sets(bent), squares)
    logits += _in_sets(mean - 0.5 * trace)[:, :, None, :]
    own = jnp.take_along_axis(logits, _in_sets(labels)[:, :, None, None], axis=-1)
    ahead = own - logits + _in_sets(_decided(mean, covariance, labels))[:, :, None, :]
    error = jnp.mean((ahead < 0).any(-1), axis=-1, dtype=jnp.float32)
    return jnp.where(jnp.isfinite(logits).all((-2, -1)), error, jnp.nan).reshape(-1)
