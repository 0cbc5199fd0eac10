"""Where the noise of the logits comes from: small parameter noise, traced to layers and neurons.

Let every weight get noise of standard deviation σ, so small that no ReLU switches. With the masks
D1, D2 of the neurons that are active on an image x, the logits change by

    Δ = W3 D2 W2 D1 N1 x + W3 D2 N2 h1 + N3 h2,

three independent Gaussians, and with A = W3 D2 W2 D1

    E‖Δ‖² = σ² (‖x‖² ‖A‖² + ‖h1‖² Σ_{j active} ‖W3[:, j]‖² + n_out ‖h2‖²).

As the noise grows, noises of several layers multiply, as in a linear network. With the masks still
as they are and a1, a2 active neurons, the three pairs add σ⁴ and all three together σ⁶ times

    W1, W2: ‖x‖² a1 Σ_j ‖W3[:, j]‖²,    W1, W3: n_out ‖x‖² ‖D2 W2 D1‖²,
    W2, W3: n_out ‖h1‖² a2,             W1, W2, W3: n_out ‖x‖² a1 a2.

Of the σ² terms, the first sum runs over neurons of layer 1 (what enters neuron i by its incoming
weights is ‖x‖² ‖A[:, i]‖²), the second over those of layer 2, or over those of layer 1 (by their
outgoing weights: h1_i² Σ_j ‖W3[:, j]‖²), and the third over those of layer 2 (n_out h2_j²). This is
the ReLU form of the law for linear networks in Braun, Grant & Saxe (ICML 2025): noise on weights is
read out by what follows (‖W‖²) and multiplied by what comes in (‖h‖²), and its product term is
σ1² σ2² n_hidden n_out tr Σxx.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Float64, Real

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.data.datasets import CLASSES
from dissociation.core.networks.network import Network
from dissociation.core.pauses import pieces_of
from dissociation.core.theory.base import check_squares

#: Images are worked on so many at a time: one shape, hence one compilation a width.
PIECE = 250
#: The weight matrices whose noise is told apart.
MATRICES = ("W1", "W2", "W3")


class Traced(NamedTuple):
    """What is known of `n` images, per unit of σ²; float32.

    - `logits`: `(n, 10)` without noise.
    - `terms`: `(n, 3)` E‖Δlogits‖² from noise in W1, W2, W3; `products`: `(n, 4)` those of the
      pairs (per σ⁴) and of all three (per σ⁶).
    - `sizes`: `(n, 3)` ‖x‖², ‖h1‖², ‖h2‖².
    - `covariance`: `(n, 10, 10)` of the logits.
    - `incoming1`, `outgoing1`: `(hidden1,)`, `incoming2`, `outgoing2`: `(hidden2,)`: sums over the
      images of what noise on each neuron's incoming and outgoing weights adds to E‖Δlogits‖².
    """

    logits: Float32[Any, "n 10"]
    terms: Float32[Any, "n 3"]
    products: Float32[Any, "n 4"]
    sizes: Float32[Any, "n 3"]
    covariance: Float32[Any, "n 10 10"]
    incoming1: Float32[Any, " hidden1"]
    outgoing1: Float32[Any, " hidden1"]
    incoming2: Float32[Any, " hidden2"]
    outgoing2: Float32[Any, " hidden2"]


def on_device(network: Network) -> Network:
    """Weights with silent neurons up to bucketed widths, as few widths are ever compiled."""
    w1, w2, w3 = (np.asarray(weight, np.float32) for weight in network)
    first, second = bucket(len(w1)), bucket(len(w2))
    padded = pad_to(w1, first), pad_to(w2, second, first), pad_to(w3, len(w3), second)
    return Network(*map(jax.device_put, padded))


def pieces(rows: np.ndarray) -> Iterator[Real[np.ndarray, "m ..."]]:
    """`(m, …)` in pieces of [`PIECE`][] rows, the last as it is."""
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


@jit()
def _trace(network: Network, images: Float32[Any, "n 784"]) -> Traced:
    z1 = images @ network.w1.T
    h1 = jax.nn.relu(z1)
    z2 = h1 @ network.w2.T
    h2 = jax.nn.relu(z2)
    hidden1, hidden2 = h1.shape[1], h2.shape[1]
    read = jnp.where((z2 > 0)[:, None], network.w3[None], 0.0)
    through = (read.reshape(-1, hidden2) @ network.w2).reshape(-1, CLASSES, hidden1)
    through = jnp.where((z1 > 0)[:, None], through, 0.0)
    size0, size1, size2 = (jnp.sum(rows**2, 1) for rows in (images, h1, h2))
    readout = jnp.sum(read**2, 1)
    gates1, gates2 = (z1 > 0).astype(jnp.float32), (z2 > 0).astype(jnp.float32)
    active1, active2 = jnp.sum(gates1, 1), jnp.sum(gates2, 1)
    inner = jnp.sum((gates2 @ network.w2**2) * gates1, 1)
    products = (
        size0 * active1 * jnp.sum(readout, 1),
        CLASSES * size0 * inner,
        CLASSES * size1 * active2,
        CLASSES * size0 * active1 * active2,
    )
    incoming1 = size0[:, None] * jnp.sum(through**2, 1)
    incoming2 = size1[:, None] * readout
    outgoing1 = h1**2 * jnp.sum(readout, 1)[:, None]
    outgoing2 = CLASSES * h2**2
    by_layer = [jnp.sum(part, 1) for part in (incoming1, incoming2, outgoing2)]
    covariance = (
        size0[:, None, None] * jnp.einsum("nai,nbi->nab", through, through)
        + size1[:, None, None] * jnp.einsum("naj,nbj->nab", read, read)
        + size2[:, None, None] * jnp.eye(CLASSES)[None]
    )
    sums = [jnp.sum(part, 0) for part in (incoming1, outgoing1, incoming2, outgoing2)]
    sizes = jnp.stack([size0, size1, size2], 1)
    means = jnp.stack(by_layer, 1), jnp.stack(products, 1), sizes
    return Traced(h2 @ network.w3.T, *means, covariance, *sums)


def trace(network: Network, images: Float[np.ndarray, "n 784"]) -> Traced:
    """The small-noise closed form on some images.

    **Arguments:**

    - `network`: as [`on_device`][] gives it; neurons beyond the real ones get zeros.
    - `images`: `(n, 784)`, at most [`PIECE`][] of them.

    **Raises:** `NotFinite` if a square is not finite.
    """
    count = pieces_of(PIECE, 2.0 * PIECE * CLASSES * network.w2.size)
    # Images that fill up are black: without any response, hence without any noise.
    pieces = np.split(pad_to(images, PIECE), count)
    found = [[np.asarray(part) for part in _trace(network, piece)] for piece in pieces]
    if count == 1:
        parts = found[0]
    else:
        columns = list(zip(*found, strict=True))
        parts = [*map(np.concatenate, columns[:5]), *(sum(column) for column in columns[5:])]
    check_squares(*parts)
    return Traced(*(part[: len(images)] for part in parts[:5]), *parts[5:])


@dataclass(frozen=True)
class Sources:
    """The closed form, averaged over images.

    - `images`: how many.
    - `terms`: `(3,)` E‖Δlogits‖² / σ² from noise in W1, W2, W3; `products`: `(4,)` those of the
      pairs / σ⁴ and of all three / σ⁶.
    - `sizes`: `(3,)` ‖x‖², ‖h1‖², ‖h2‖².
    - `incoming`, `outgoing`: one `(hidden,)` for each hidden layer: what of it comes by the
      incoming and by the outgoing weights of each neuron.
    """

    images: int
    terms: Float64[np.ndarray, " 3"]
    products: Float64[np.ndarray, " 4"]
    sizes: Float64[np.ndarray, " 3"]
    incoming: tuple[Float64[np.ndarray, " hidden1"], Float64[np.ndarray, " hidden2"]]
    outgoing: tuple[Float64[np.ndarray, " hidden1"], Float64[np.ndarray, " hidden2"]]

    @property
    def gain(self) -> float:
        """E‖Δlogits‖² / σ² of small noise, in all."""
        return float(self.terms.sum())

    @property
    def shares(self) -> Real[np.ndarray, " 3"]:
        """`(3,)` of the terms, which sum to 1; 0 for a network without any noise to make."""
        return self.terms / self.gain if self.gain > 0 else np.zeros(3)

    def noise(self, sigmas: np.ndarray) -> Real[np.ndarray, " S"]:
        """`(S,)` E‖Δlogits‖² at `(S,)` noise scales, products included."""
        return total_noise(self.terms, self.products, sigmas)

    def shares_at(self, sigmas: np.ndarray) -> Real[np.ndarray, "S 4"]:
        """`(S, 4)` shares of W1, W2, W3 and of their products at `(S,)` noise scales."""
        alone = self.terms * np.asarray(sigmas, float)[:, None] ** 2
        whole = self.noise(sigmas)
        parts = np.column_stack([alone, whole - alone.sum(1)])
        return parts / np.where(whole > 0, whole, 1)[:, None]


def total_noise(
    terms: np.ndarray, products: np.ndarray, sigmas: np.ndarray
) -> Real[np.ndarray, "... S"]:
    """`(…, S)` E‖Δlogits‖² of `(…, 3)` terms and `(…, 4)` products at `(S,)` noise scales."""
    squares = np.asarray(sigmas, float) ** 2
    single = np.asarray(terms, float).sum(-1)[..., None]
    pairs = np.asarray(products, float)[..., :3].sum(-1)[..., None]
    triple = np.asarray(products, float)[..., 3, None]
    return squares * (single + squares * (pairs + squares * triple))


class SourceSums:
    """Adds up the closed form of one network, piece by piece of the images."""

    def __init__(self, network: Network):
        self.widths = network.widths
        self.network = on_device(network)
        self._images = 0
        self._means = np.zeros(3), np.zeros(4), np.zeros(3)
        self._sums = [np.zeros(self.widths[number // 2]) for number in range(4)]

    def add(self, images: Float[np.ndarray, "n 784"]) -> Traced:
        """Takes `(n, 784)` further images in; **returns** what is known of these."""
        found = trace(self.network, images)
        self._images += len(images)
        for total, rows in zip(self._means, found[1:4], strict=True):
            total += rows.sum(0, dtype=np.float64)
        for total, part in zip(self._sums, found[5:], strict=True):
            total += part[: len(total)]
        return found

    @property
    def sources(self) -> Sources:
        """The mean over all images so far."""
        in1, out1, in2, out2 = (total / self._images for total in self._sums)
        terms, products, sizes = (total / self._images for total in self._means)
        return Sources(self._images, terms, products, sizes, (in1, in2), (out1, out2))


def noise_sources(network: Network, images: np.ndarray) -> Sources:
    """The closed form of a network, averaged over `(n, 784)` images."""
    tracing = SourceSums(network)
    for piece in pieces(images):
        tracing.add(piece)
    return tracing.sources
