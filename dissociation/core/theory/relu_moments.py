"""Moments of a ReLU of a Gaussian pre-activation.

For `z ~ N(m, v)` and `a = m / √v`, with Φ and φ the normal distribution and density and
`h(a) = E[relu(z)] / √v = a Φ(a) + φ(a)`:

- mean `√v h(a)`, variance `v (Φ(a) - h(a) h(-a))`; the latter is `E[relu²] - mean²` without its
  cancellation, because `h(a) - h(-a) = a`;
- expected slope (the *gate*) `g = E[relu'(z)] = Φ(a)`, expected curvature `p = φ(a) / √v`.

The covariance of two ReLUs is the Hermite series in the covariance `K` of their pre-activations
(Price's theorem; Cho & Saul, *Kernel methods for deep learning*, NeurIPS 2009, for m = 0)

    cov(relu(z_i), relu(z_j)) = g_i g_j K_ij + ½ p_i p_j K_ij² + …
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jaxtyping import Float32

from dissociation.core._lazy import jax, jnp

#: What divides where nothing is noisy: far below any variance that float32 can tell from 0.
NO_NOISE = 1e-36


class ReluMoments(NamedTuple):
    """Moments of `relu(z)`, of the shape of the means of `z`.

    - `mean`, `variance`, `square` (`E[relu²]`); `gate` `E[relu']`, `curvature` `E[relu'']`.
    """

    mean: Float32[Any, " ..."]
    variance: Float32[Any, " ..."]
    square: Float32[Any, " ..."]
    gate: Float32[Any, " ..."]
    curvature: Float32[Any, " ..."]


def relu_moments(mean: Float32[Any, " ..."], variance: Float32[Any, " ..."]) -> ReluMoments:
    """Moments of `relu(z)`, `z ~ N(mean, variance)` elementwise; without noise of `relu(mean)`."""
    noisy = variance > 0
    variance = jnp.maximum(variance, NO_NOISE)
    deviation = jnp.sqrt(variance)
    a = mean / jnp.where(noisy, deviation, 1.0)
    gate = 0.5 * jax.lax.erfc(-a * 0.7071067811865476)
    density = 0.3989422804014327 * jnp.exp(-0.5 * a * a)
    up = a * gate + density
    # h(-a), which a difference of large numbers would lose.
    down = jnp.maximum(density - a * (0.5 * jax.lax.erfc(a * 0.7071067811865476)), 0.0)
    first = jnp.where(noisy, deviation * up, jnp.maximum(mean, 0.0))
    second = jnp.where(noisy, variance * jnp.maximum(gate - up * down, 0.0), 0.0)
    gate = jnp.where(noisy, gate, (mean > 0).astype(gate.dtype))
    curvature = jnp.where(noisy, density / deviation, 0.0)
    return ReluMoments(first, second, second + first * first, gate, curvature)


def shared_remainder(
    moments: ReluMoments, shared: Float32[Any, "n hidden"], variance: Float32[Any, "n hidden"]
) -> Float32[Any, "n hidden"]:
    """What the ReLUs of copies have in common beyond first order: `cov(copy, copy) - g² s`.

    Copies have equal moments, and pre-activations of covariance `s` (`shared`) and variance `v`.
    The second-order term is exact; all higher ones are taken as the third, which is exact for
    `s = 0` and `s = v`.
    """
    variance = jnp.maximum(variance, NO_NOISE)
    share = jnp.minimum(shared / variance, 1.0)
    second = 0.5 * (moments.curvature * variance) ** 2
    higher = moments.variance - moments.gate**2 * variance - second
    return share**2 * second + share**3 * jnp.maximum(higher, 0.0)
