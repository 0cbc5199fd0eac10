"""Expected error under parameter noise, over all draws, by carrying moments through the layers.

For one image `x` and noise `W_l + σ N_l` (*relative*: `N_l ∘ |W_l|`), layer by layer:

1. `z1 ~ N(W1 x, σ² ‖x‖²)`, independent from neuron to neuron, exactly; *relative*:
   `σ² Σ_k W1_jk² x_k²`. Its ReLU has the moments of `relu_moments.py`.
2. `z2 = (W2 + σ N2) h1` has mean `W2 E[h1]` and two sources of variance: what `h1` brings,
   `s = (W2 ∘ W2) Var[h1]`, which neurons with equal incoming weights share, and the neuron's own
   noise, `σ² Σ_j E[h1_j²]`; *relative*: `σ² (W2 ∘ W2) E[h1²]`. A sum over a thousand neurons, it is
   taken as Gaussian.
3. Logits have mean `W3 E[h2]` and covariance, with `A = W3 diag(g2) W2` and gates `g2`,
   `A diag(Var h1) Aᵀ` (first order in `s`), plus what is left of the variance of `h2`, plus
   `σ² Σ_k E[h2_k²]` on the diagonal; *relative*: `σ² (W3 ∘ W3) E[h2²]`.

What is left of the variance of `h2` is in part shared by copies of a neuron: their outgoing weights
add up there, in a nuisance group to nothing; the neurons' own parts add up in squares. Equal rows
of `W2` are therefore kept once, with the sum of their outgoing weights and of their outer products.

The variance of the readout's noise, `R = σ² Σ_k h2_k²`, is itself random, and logits are a mixture
over it, where neurons that contribute nothing are many or large:

- In narrow layers (`sampled_readout.py`) it is drawn, given the first layer.
- Else, `MANY_COPIES` or more of one neuron, such as the notebook's nuisance neurons, rise and fall
  together: `R` follows from what they share, a Gaussian of variance `s`, by Gauss-Hermite
  quadrature.
- Else `R` is taken as log-normal, by the same quadrature, with the variance that is first order in
  those of `h1`, `4 σ⁴ Σ_j (E[h2] W2)_j² Var[h1_j]` by Price's theorem, and in the neurons' own: the
  neurons of a phantom, say, all read the same few directions.

The error is the chance that the label's logit is not the largest (`largest_logit.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.data.datasets import CLASSES
from dissociation.core.measures.parameter_noise import ParameterNoise
from dissociation.core.networks.network import Network
from dissociation.core.theory.base import Method, Prepared
from dissociation.core.theory.largest_logit import gaussian_error
from dissociation.core.theory.relu_moments import (
    NO_NOISE,
    ReluMoments,
    relu_moments,
    shared_remainder,
)
from dissociation.core.theory.sampled_readout import NARROW, SAMPLES, sampled_readout

#: Summed outgoing weights, relative to their parts, up to which a group contributes nothing.
NO_CONTRIBUTION = 1e-5
#: Copies of one neuron from which on what they share is integrated over, and at so many places.
MANY_COPIES, NODES = 8, 5


class Distinct(NamedTuple):
    """A network with equal rows of `W2` kept once, `r` rows in all, those that contribute first.

    - `w1`: `(h1, 784)`; `w2`, `w2_squares`: `(r, h1)`; `contributing`: `(s, h1)`, first in `w2`.
    - `readout`: `(10, r)` summed outgoing weights; `together`: `(r, 100)` their outer products,
        `apart`: `(r, 100)` the sum of outer products of the copies' weights.
    - `copies`: `(r, 10)` of each row, or with relative noise the copies' squared weights.
    - `most_copied`: the row with the most copies, `None` if those are few.
    - `weights`: `(2, r)` of each row in the readout's noise, summed over its copies, and their
        squares, summed; `None` if all rows contribute.
    """

    w1: Float32[Any, "h1 784"]
    w2: Float32[Any, "r h1"]
    w2_squares: Float32[Any, "r h1"]
    contributing: Float32[Any, "s h1"]
    readout: Float32[Any, "10 r"]
    together: Float32[Any, "r 100"]
    apart: Float32[Any, "r 100"]
    copies: Float32[Any, "r 10"]
    most_copied: Any
    weights: Any


def distinct(network: Network, *, relative: bool) -> Distinct:
    """The network on the device, padded to bucketed widths."""
    w1, w2, w3 = (np.asarray(weight, np.float32) for weight in network)
    number: dict[bytes, int] = {}
    group = np.array([number.setdefault(row.tobytes(), len(number)) for row in w2])
    first = np.unique(group, return_index=True)[1]
    outgoing = w3.T.astype(np.float64)
    products = (outgoing[:, :, None] * outgoing[:, None, :]).reshape(len(outgoing), -1)

    def summed(values: np.ndarray) -> np.ndarray:
        total = np.zeros((len(first), values.shape[1]))
        np.add.at(total, group, values)
        return total

    readout, sizes = summed(outgoing), summed(np.abs(outgoing))
    contributes = np.abs(readout).max(1) > NO_CONTRIBUTION * sizes.max(1)
    readout[~contributes] = 0
    order = np.lexsort((first, ~contributes))
    rows, hidden = bucket(len(first)), bucket(len(w1))
    # At least one, so that there is a layer.
    contributing = bucket(max(int(contributes.sum()), 1))
    w2 = pad_to(w2[first[order]], rows, hidden)
    readout = pad_to(readout[order], rows)
    together = (readout[:, :, None] * readout[:, None, :]).reshape(rows, -1)
    each = outgoing**2 if relative else np.ones_like(outgoing)
    copies = summed(each)[order]
    squared = summed(each.mean(1, keepdims=True) ** 2)[order, 0]
    counts = np.bincount(group)[order]
    parts = {
        "w1": pad_to(w1, hidden),
        "w2": w2,
        "w2_squares": w2 * w2,
        "contributing": w2[:contributing],
        "readout": readout.T,
        "together": together,
        "apart": pad_to(summed(products)[order], rows),
        "copies": pad_to(copies, rows),
    }
    on_device: dict[str, Any] = {
        name: jax.device_put(np.ascontiguousarray(part, np.float32)) for name, part in parts.items()
    }
    most_copied = jnp.int32(np.argmax(counts)) if counts.max() >= MANY_COPIES else None
    weights = None
    if not contributes.all():
        both = np.stack([pad_to(copies.mean(1), rows), pad_to(squared, rows)])
        weights = jax.device_put(both.astype(np.float32))
    return Distinct(**on_device, most_copied=most_copied, weights=weights)


@jit(static_argnames=("relative",))
def _first_layer(
    net: Distinct, images: Float32[Any, "n 784"], *, relative: bool
) -> tuple[Float32[Any, "n _"], Float32[Any, "n _"]]:
    """Means of the first pre-activations, and their variances per σ²: `(n, h1)` each."""
    mean = images @ net.w1.T
    squares = images * images
    if relative:
        return mean, squares @ (net.w1 * net.w1).T
    return mean, jnp.broadcast_to(squares.sum(1, keepdims=True), mean.shape)


class Moments(NamedTuple):
    """Of the noisy logits of `n` images: a Gaussian, or a mixture of `k` with the same mean.

    - `mean`: `(n, 10)`; `covariance`: `(n, 10, 10)`, on average over the parts.
    - `more`: `(k, n, 10)` what the diagonal of each part has more than that; `None` if it is one.
    - `chances`: `(k,)` of the parts.
    """

    mean: Float32[Any, "n 10"]
    covariance: Float32[Any, "n 10 10"]
    more: Any
    chances: Float32[Any, " k"]

    @property
    def parts(self) -> Float32[Any, "k n 10 10"]:
        """`(k, n, 10, 10)` covariances."""
        if self.more is None:
            return self.covariance[None]
        return self.covariance[None] + self.more[..., None] * jnp.eye(CLASSES)[None, None]


@jit(static_argnames=("relative",))
def _logits(
    net: Distinct,
    mean: Float32[Any, "n hidden"],
    per_sigma: Float32[Any, "n hidden"],
    variances: Float32[Any, " _"],
    *,
    relative: bool,
) -> Moments:
    """Moments of the logits, `variances` being σ² of each layer."""
    first = relu_moments(mean, variances[0] * per_sigma)
    shared = first.variance @ net.w2_squares.T

    def own_noise(squares: Any) -> Any:
        each = squares @ net.w2_squares.T if relative else squares.sum(-1, keepdims=True)
        return variances[1] * each

    own = own_noise(first.square)
    variance = shared + own
    second = relu_moments(first.mean @ net.w2.T, variance)
    contributing = len(net.contributing)
    gated = net.readout[None, :, :contributing] * second.gate[:, None, :contributing]
    backward = (gated.reshape(-1, contributing) @ net.contributing).reshape(len(mean), CLASSES, -1)
    covariance = jnp.einsum("nci,ndi->ncd", backward * first.variance[:, None, :], backward)
    common = shared_remainder(second, shared, variance)
    alone = jnp.maximum(second.variance - second.gate**2 * shared - common, 0.0)
    left = common @ net.together + alone @ net.apart
    readout = variances[2] * (second.square @ net.copies)
    diagonal = readout[:, :, None] * jnp.eye(CLASSES)[None]
    covariance += left.reshape(covariance.shape) + diagonal
    more, chances = None, jnp.ones(1)
    if net.weights is not None and len(net.w1) <= NARROW:
        chances = jnp.full(SAMPLES, 1 / SAMPLES)
        drawn = sampled_readout(mean, variances[0] * per_sigma, net.w2, own_noise, net.copies)
        more = variances[2] * drawn - readout[None]
    elif net.most_copied is not None:
        own = jnp.broadcast_to(own, variance.shape)[:, net.most_copied]
        more = variances[2] * _copies_excess(net, first, shared[:, net.most_copied], own)
        chances = jnp.asarray(_nodes()[1])
    elif net.weights is not None:
        total = second.square @ net.weights[0]
        steps = (second.mean * net.weights[0][None, :]) @ net.w2
        spread = 4 * jnp.sum(steps * steps * first.variance, 1)
        spread += 4 * (second.mean**2 * own) @ net.weights[1]
        more = readout[None] * (_log_normal(total, spread) - 1)[:, :, None]
        chances = jnp.asarray(_nodes()[1])
    return Moments(second.mean @ net.readout.T, covariance, more, chances)


def _copies_excess(net: Distinct, first: ReluMoments, shared: Any, own: Any) -> Any:
    """`(NODES, n, 10)` per σ²: the copies' `Σ h2²`, given what it shares, less its mean."""
    mean = first.mean @ net.w2[net.most_copied]
    at = mean[None, :] + jnp.sqrt(shared)[None, :] * jnp.asarray(_nodes()[0])[:, None]
    squares = relu_moments(at, jnp.broadcast_to(own[None], at.shape)).square
    average = relu_moments(mean, shared + own).square
    return (squares - average[None, :])[:, :, None] * net.copies[net.most_copied][None, None, :]


def _log_normal(mean: Any, variance: Any) -> Any:
    """`(NODES, n)` a log-normal variable at the nodes, over its mean."""
    width = jnp.log1p(variance / jnp.maximum(mean * mean, NO_NOISE))[None, :]
    return jnp.exp(jnp.sqrt(width) * jnp.asarray(_nodes()[0])[:, None] - 0.5 * width)


def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes.astype(np.float32), (weights / weights.sum()).astype(np.float32)


@jit(static_argnames=("relative",))
def _errors(
    net: Distinct, mean: Any, per_sigma: Any, variances: Any, labels: Any, *, relative: bool
) -> Any:
    found = _logits(net, mean, per_sigma, variances, relative=relative)
    # Compiled once, not once a part: most of the wait where a shape is new.
    errors = jax.vmap(gaussian_error, (None, 0, None))(found.mean, found.parts, labels)
    return found.chances @ errors


@dataclass(frozen=True)
class PredictedParameterNoise(Method):
    """See the module."""

    measure: ParameterNoise

    def prepare(self, network: Network) -> PreparedParameterNoise:
        """See [`Method.prepare`][]."""
        return PreparedParameterNoise(self.measure, network)


class PreparedParameterNoise(Prepared):
    """See [`Prepared`][]; it can tell the logits' moments as well."""

    def __init__(self, measure: ParameterNoise, network: Network):
        self._relative = measure.mode == "relative"
        self._noisy = np.array([str(layer) in measure.layers for layer in (1, 2, 3)])
        self._network = distinct(network, relative=self._relative)

    def chunk(self, images: Float[Any, "n 784"], labels: Integer[Any, " n"]) -> Any:
        """See [`Prepared.chunk`][]."""
        found = _first_layer(self._network, images, relative=self._relative)
        return (*found, labels)

    def errors(self, chunk: Any, sigma: float) -> np.ndarray:
        """See [`Prepared.errors`][]."""
        mean, per_sigma, labels = chunk
        noise = self._variances(sigma)
        found = _errors(self._network, mean, per_sigma, noise, labels, relative=self._relative)
        return np.asarray(found)

    def moments(self, chunk: Any, sigma: float) -> Moments:
        """Of the logits of a chunk's images at one noise scale, on the device."""
        mean, per_sigma, _ = chunk
        noise = self._variances(sigma)
        return _logits(self._network, mean, per_sigma, noise, relative=self._relative)

    def _variances(self, sigma: float) -> Float32[Any, " _"]:
        return jax.device_put((self._noisy * sigma**2).astype(np.float32))
