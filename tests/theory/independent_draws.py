"""The expected error under parameter noise, from a draw for every image.

What a draw of noise on weights does to one image is Gaussian, given what arrives at them: a vector
a layer. All images share each draw of `ParameterNoise`, and their mean error is known far less well
from as many.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dissociation.datasets import mnist_test
from dissociation.measures import ParameterNoise
from dissociation.measures.base import visiting_order
from dissociation.network import Network


def expected_errors(
    measure: ParameterNoise, network: Network, *, key: Any, draws: int
) -> np.ndarray:
    """`(draws, S)` share of the measure's images that are read wrongly in each draw."""
    rows = visiting_order()[: measure.images]
    images, labels = mnist_test().images[rows], mnist_test().labels[rows].astype(np.int32)
    weights = [jnp.asarray(weight) for weight in network]
    relative = measure.mode == "relative"

    def wrong(own: Any, sigma: Any, images: Any, weights: Any) -> Any:
        hidden = images
        for layer, (w, key) in enumerate(zip(weights, jax.random.split(own, 3), strict=True), 1):
            squares = hidden * hidden
            spread = squares @ (w * w).T if relative else squares.sum(1, keepdims=True)
            spread *= sigma**2 * float(str(layer) in measure.layers)
            noise = jax.random.normal(key, (len(hidden), len(w)))
            hidden = hidden @ w.T + jnp.sqrt(spread) * noise
            hidden = jax.nn.relu(hidden) if layer < 3 else hidden
        return jnp.mean(jnp.argmax(hidden, 1) != labels)

    # All noise scales share the draws, which take most of the time.
    every = jax.vmap(wrong, (None, 0, None, None))

    @jax.jit
    def run(keys: Any, *given: Any) -> Any:
        return jax.lax.map(lambda own: every(own, *given), keys)

    sigmas = jnp.asarray(measure.x, jnp.float32)
    return np.asarray(run(jax.random.split(key, draws), sigmas, jnp.asarray(images), weights))
