"""The same noise sampled: in one layer at a time, and in all of them.

For one image, σ N v with N ~ N(0, 1) entry by entry is distributed as σ ‖v‖ ξ with ξ ~ N(0, 1) a
vector. So a fresh draw of the noise for every image costs a vector a layer instead of a matrix, and
what is averaged over images is averaged over as many draws. (On the Robustness page one draw is
shared by all images, as in the paper's experiment; its curve scatters around this mean.)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import pad_to
from dissociation.core.draws import Key, normal
from dissociation.core.networks.network import Network
from dissociation.core.theory.base import check_squares
from dissociation.core.theory.noise_sources import PIECE

#: Which layers are noisy: each alone, then all.
ALONE_AND_ALL = ("W1", "W2", "W3", "all")
#: So many noise scales are computed at once, in a few hundredths of a second.
AT_ONCE = 4


class Sampled(NamedTuple):
    """What `n` images show at `S` noise scales, each with a draw of its own.

    - `squares`: `(S, 4, n)` ‖Δlogits‖² with noise in W1, W2, W3 alone, and in all.
    - `margins`: `(S, n)` of the noisy network: right logit minus the largest other.
    """

    squares: Float32[np.ndarray, "S 4 n"]
    margins: Float32[np.ndarray, "S n"]


class Draw(NamedTuple):
    """ξ of each layer, `(neurons, 250)`, zero for neurons that only fill up."""

    xi1: Float32[Any, "h1 784"]
    xi2: Float32[Any, "h2 h1"]
    xi3: Float32[Any, "10 h2"]


def draw(network: Network, widths: tuple[int, int], key: Key) -> Draw:
    """A draw for [`PIECE`][] images.

    **Arguments:**

    - `network`: on the device, filled up; `widths`: of its real neurons.
    - `key`: a JAX key. Wider layers extend the draws of narrower ones.
    """
    keys = jax.random.split(key, 3)
    sizes = (*widths, network.w3.shape[0])
    filled = (network.w1.shape[0], network.w2.shape[0], network.w3.shape[0])
    drawn = (normal(own, (size, PIECE)) for own, size in zip(keys, sizes, strict=True))
    padded = (pad_to(rows, size) for rows, size in zip(drawn, filled, strict=True))
    return Draw(*map(jax.device_put, padded))


def margin(
    logits: Float32[Any, "*rest 10"], right: Float32[Any, "... 10"]
) -> Float32[Any, "*rest"]:
    """`(…, n)` right logit minus the largest other, of `(…, n, 10)`; `right`: `(n, 10)` one-hot."""
    others = jnp.where(right > 0, -jnp.inf, logits)
    return jnp.sum(jnp.where(right > 0, logits, 0.0), -1) - jnp.max(others, -1)


@jit()
def _sample(
    network: Network,
    images: Float32[Any, "n 784"],
    right: Float32[Any, "n 10"],
    xi: Draw,
    sigmas: Float32[Any, " scales"],
) -> Any:
    def length(rows: Any) -> Any:
        return jnp.sqrt(jnp.sum(rows**2, 1, keepdims=True))

    z1 = images @ network.w1.T
    h1 = jax.nn.relu(z1)
    z2 = h1 @ network.w2.T
    h2 = jax.nn.relu(z2)
    logits = h2 @ network.w3.T
    noise1, noise2, noise3 = length(images) * xi.xi1.T, xi.xi2.T, xi.xi3.T

    def at(sigma: Any) -> Any:
        noisy1 = jax.nn.relu(z1 + sigma * noise1)
        read = noisy1 @ network.w2.T
        first = jax.nn.relu(read) @ network.w3.T
        second = jax.nn.relu(z2 + sigma * length(h1) * noise2) @ network.w3.T
        third = logits + sigma * length(h2) * noise3
        noisy2 = jax.nn.relu(read + sigma * length(noisy1) * noise2)
        whole = noisy2 @ network.w3.T + sigma * length(noisy2) * noise3
        changes = jnp.stack([first, second, third, whole]) - logits[None]
        return jnp.sum(changes**2, -1), margin(whole, right)

    return jax.lax.map(at, sigmas)


def sample(
    network: Network,
    images: Float[np.ndarray, "n 784"],
    right: Float[np.ndarray, "n 10"],
    xi: Draw,
    sigmas: Float[np.ndarray, " S"],
) -> Sampled:
    """Samples the noise on some images.

    **Arguments:**

    - `network`: on the device; `images`: `(n, 784)`, at most [`PIECE`][] of them.
    - `right`: `(n, 10)` one-hot float32; `xi`: a [`draw`][].
    - `sigmas`: `(S,)`, at most [`AT_ONCE`][] of them.

    **Raises:** `NotFinite` if a square is not finite.
    """
    scales = pad_to(np.asarray(sigmas, np.float32), AT_ONCE)
    found = _sample(network, pad_to(images, PIECE), pad_to(right, PIECE), xi, scales)
    squares, margins = (np.asarray(part)[: len(sigmas), ..., : len(images)] for part in found)
    check_squares(squares, margins)
    return Sampled(squares, margins)
