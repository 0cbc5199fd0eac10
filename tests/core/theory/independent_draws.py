"""The expected error under parameter noise, from a draw for every image.

What a draw of noise on weights does to one image is Gaussian, given what arrives at them: a vector
a layer. All images share each draw of `ParameterNoise`, and their mean error is known far less well
from as many.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.measures import ParameterNoise
from dissociation.core.networks.network import Network


def _wrong(own: Any, sigma: Any, noisy: Any, images: Any, labels: Any, weights: Any, relative: Any):
    hidden = images
    for layer, (w, key) in enumerate(zip(weights, jax.random.split(own, 3), strict=True)):
        squares = hidden * hidden
        spread = squares @ (w * w).T if relative else squares.sum(1, keepdims=True)
        noise = jax.random.normal(key, (len(hidden), len(w)))
        hidden = hidden @ w.T + jnp.sqrt(spread * sigma**2 * noisy[layer]) * noise
        hidden = jax.nn.relu(hidden) if layer < 2 else hidden
    return jnp.mean(jnp.argmax(hidden, 1) != labels)


@functools.partial(jax.jit, static_argnames="relative")
def _runs(keys: Any, sigmas: Any, *given: Any, relative: bool) -> Any:
    wrong = functools.partial(_wrong, relative=relative)
    # All noise scales share the draws, which take most of the time.
    every = jax.vmap(wrong, (None, 0, None, None, None, None))
    return jax.lax.map(lambda own: every(own, sigmas, *given), keys)


def expected_errors(
    measure: ParameterNoise, network: Network, *, key: Any, draws: int
) -> np.ndarray:
    """`(draws, S)` share of the measure's images that are read wrongly in each draw."""
    rows = visiting_order()[: measure.images]
    images, labels = mnist_test().images[rows], mnist_test().labels[rows].astype(np.int32)
    noisy = np.array([str(layer) in measure.layers for layer in (1, 2, 3)], np.float32)
    weights = tuple(np.asarray(weight, np.float32) for weight in network)
    given = (measure.x.astype(np.float32), noisy, images, labels, weights)
    relative = measure.mode == "relative"
    return np.asarray(_runs(jax.random.split(key, draws), *given, relative=relative))
