"""The readout's noise in narrow layers, where a few neurons decide how large it is.

The variance of the logits that noise on `W3` brings is `σ² ‖h2‖²` (*relative*: `σ² (W3 ∘ W3) h2²`).
Where the first hidden layer is wide, what arrives at a neuron of the second is a sum of very many
and Gaussian. In a narrow one it is not, and neurons that read a few rarely active ones strongly, as
a phantom's do, have a `‖h2‖²` that is mostly small and now and then huge: with the moments of a
Gaussian its errors would be told far too high. So the first layer is drawn, from its exact
distribution, and what follows is exact in the mean: given `h1`, the second layer's pre-activations
are Gaussian and independent.
"""

from __future__ import annotations

from typing import Any

from jaxtyping import Float32

from dissociation.core._lazy import jax, jnp
from dissociation.core.theory.relu_moments import relu_moments

#: Neurons of the first hidden layer up to which it is drawn, and how often for each image.
NARROW, SAMPLES = 256, 16


def sampled_readout(
    mean: Float32[Any, "n h1"],
    variance: Float32[Any, "n h1"],
    rows: Float32[Any, "r h1"],
    own: Any,
    copies: Float32[Any, "r 10"],
) -> Float32[Any, "SAMPLES n 10"]:
    """`E[Σ_k copies_k h2_k²]` given draws of the first hidden layer.

    **Arguments:**

    - `mean`, `variance`: `(n, h1)` of the first pre-activations;
    - `rows`: `(r, h1)` incoming weights of the second layer's neurons;
    - `own`: from `h1² (..., h1)` to what noise on `rows` adds to the variance of what arrives,
        `(..., r)` or `(..., 1)`;
    - `copies`: `(r, 10)` how much each counts, for each logit.

    **Returns:** `(SAMPLES, n, 10)`, equally likely. The draws are always the same, each with its
    mirror image, and differ from image to image, so that what they are off by averages out.
    """
    half = jax.random.normal(jax.random.PRNGKey(0), (SAMPLES // 2, *mean.shape))
    draws = jnp.concatenate([half, -half])
    deviation = jnp.sqrt(jnp.broadcast_to(variance, mean.shape))
    hidden = jnp.maximum(mean[None] + draws * deviation[None], 0.0)
    arriving = hidden @ rows.T
    noise = jnp.broadcast_to(own(hidden * hidden), arriving.shape)
    return relu_moments(arriving, noise).square @ copies
