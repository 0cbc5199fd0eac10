"""Expected error under input noise, over all draws, by carrying moments through the layers.

For one image `x + σ ξ`, ξ ~ N(0, 1), with neurons that are multiples of one another merged and
those that contribute nothing left out, which changes no function:

1. `z1 ~ N(W1 x, K)`, exactly, with `K = σ² W1 W1ᵀ` the same for all images. ReLUs of it have
   `cov(h1) = g gᵀ ∘ K + ½ p pᵀ ∘ K∘K + …` off the diagonal (`relu_moments.py`), the second-order
   matrix `K ∘ K` fixed as well; their variances are exact.
2. `z2 = W2 h1` has mean `W2 E[h1]` and variance `diag(W2 cov(h1) W2ᵀ)`. The latter is computed for
   the average image, relative to what independent neurons would give, `(W2 ∘ W2) Var[h1]`, and
   that ratio is used for each image (neurons' variances are off by a tenth, the curve by 0.003).
3. *First order.* Logits are Gaussian, with mean `W3 E[h2]` and covariance `J K Jᵀ`,
   `J = W3 diag(g2) W2 diag(g1)`, plus what the gates leave of the variance of each ReLU.
4. *Second order.* Logits are a quadratic form, `J z + ½ (zᵀ H z - trace)`: with
   `A = W3 diag(g2) W2` and `t = W2 diag(g1) z`, logit `b` bends by `Σ_i A_bi p1_i z_i²` and
   `Σ_k W3_bk p2_k t_k²`. What skews the logits is the part of `H` along the directions in which
   they move at all: the ten rows of `J`. In these it is kept as it is; beyond them its variance is
   added, that of layer 1.

First order alone is too low by up to 0.024 at middling noise, half of it for want of the skew. The
second order costs three times as much, but its effect differs little from image to image: it is
computed for the first images only, and its mean effect on them is added to the others. To these,
`K` is its largest principal axes and otherwise diagonal, whose effect is corrected with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float32, Integer

from dissociation.core._lazy import jax, jit, jnp
from dissociation.core.buckets import bucket, pad_to
from dissociation.core.data.datasets import CLASSES
from dissociation.core.measures.input_noise import InputNoise
from dissociation.core.networks.network import Network
from dissociation.core.networks.shared_rows import shared_rows
from dissociation.core.theory.base import Method, Prepared
from dissociation.core.theory.largest_logit import JITTER, gaussian_error, quadratic_error, root
from dissociation.core.theory.relu_moments import NO_NOISE, ReluMoments, relu_moments

#: Summed outgoing weights, relative to their parts, up to which neurons contribute nothing.
NO_CONTRIBUTION = 1e-5
#: Images whose errors are computed to second order.
SECOND_ORDER_IMAGES = 64
#: Principal axes of `K`, and steps of subspace iteration to find them.
AXES, ITERATIONS = 64, 3


class Correlated(NamedTuple):
    """A network on the device, with the covariance of its first pre-activations per σ².

    - `w1`: `(h1, 784)`, `w2`: `(h2, h1)`, `w3`: `(10, h2)`, `kernel`: `(h1, h1)`.
    - `axes`: `(h1, AXES)` with `kernel ≈ axes axesᵀ + diag(beside)`, `beside`: `(h1,)`.
    """

    w1: Float32[Any, "h1 784"]
    w2: Float32[Any, "h2 h1"]
    w3: Float32[Any, "10 h2"]
    kernel: Float32[Any, "h1 h1"]
    axes: Float32[Any, "h1 axes"]
    beside: Float32[Any, " h1"]


class Propagated(NamedTuple):
    """What first order finds, and second order goes on with.

    - `mean`: `(n, 10)`, `covariance`: `(n, 10, 10)` of the logits; `along`: its part `J K Jᵀ`.
    - `first`, `second`: moments of both layers' ReLUs; `backward`: `A`, `(n, 10, h1)`.
    - `moved`: `(n, 10, h1)` covariances of first pre-activations with the logits, `J K`, if exact.
    """

    mean: Float32[Any, "n 10"]
    covariance: Float32[Any, "n 10 10"]
    along: Float32[Any, "n 10 10"]
    first: ReluMoments
    second: ReluMoments
    backward: Float32[Any, "n 10 h1"]
    moved: Float32[Any, "n 10 h1"] | None


def correlated(network: Network) -> Correlated:
    """The network with multiples merged, on the device, padded to bucketed widths."""
    w1, w2, w3 = (np.asarray(weight, np.float32) for weight in network)
    w2, w3 = _merged(w2, w3)
    w1, w2 = _merged(w1, w2)
    hidden1, hidden2 = bucket(len(w1)), bucket(len(w2))
    first = jax.device_put(pad_to(w1, hidden1))
    second = jax.device_put(pad_to(w2, hidden2, hidden1))
    return Correlated(first, second, jax.device_put(pad_to(w3, len(w3), hidden2)), *_kernel(first))


def _merged(
    w_in: Float32[np.ndarray, "hidden inputs"], w_out: Float32[np.ndarray, "outputs hidden"]
) -> tuple[Float32[np.ndarray, "merged inputs"], Float32[np.ndarray, "outputs merged"]]:
    """Weights in and out with multiples as one neuron, and none that contributes nothing."""
    shared = shared_rows([w_in])
    pick = shared.selections[0]
    outgoing = (w_out * pick.factor).T.astype(np.float64)
    summed, sizes = np.zeros((2, len(shared.rows), len(w_out)))
    np.add.at(summed, pick.index, outgoing)
    np.add.at(sizes, pick.index, np.abs(outgoing))
    contributes = np.abs(summed).max(1) > NO_CONTRIBUTION * sizes.max(1)
    # At least one, so that there is a layer.
    contributes[0] |= not contributes.any()
    return shared.rows[contributes], summed[contributes].T.astype(np.float32)


@jit()
def _kernel(
    w1: Float32[Any, "h1 784"],
) -> tuple[Float32[Any, "h1 h1"], Float32[Any, "h1 axes"], Float32[Any, " h1"]]:
    kernel = w1 @ w1.T
    count = min(AXES, len(w1))
    basis = jax.random.normal(jax.random.PRNGKey(0), (len(w1), count))
    for _ in range(ITERATIONS):
        basis = jnp.linalg.qr(kernel @ basis)[0]
    values, turn = jnp.linalg.eigh(basis.T @ kernel @ basis)
    axes = (basis @ turn) * jnp.sqrt(jnp.maximum(values, 0.0))[None, :]
    return kernel, axes, jnp.maximum(jnp.diag(kernel) - jnp.sum(axes * axes, 1), 0.0)


@jit()
def _pre_activation(net: Correlated, images: Float32[Any, "n 784"]) -> Float32[Any, "n h1"]:
    return images @ net.w1.T


@jit()
def _variance_ratio(
    net: Correlated, mean: Float32[Any, "n h1"], sigma: Float32[Any, ""]
) -> Float32[Any, " h2"]:
    """`(h2,)` variance of second pre-activations relative to independent first neurons."""
    kernel = sigma**2 * net.kernel
    moments = relu_moments(mean, jnp.diag(kernel)[None, :])
    gate, curvature, variance = (
        part.mean(0) for part in (moments.gate, moments.curvature, moments.variance)
    )
    covariance = gate[:, None] * gate[None, :] * kernel
    covariance += 0.5 * curvature[:, None] * curvature[None, :] * kernel * kernel
    alone = variance - jnp.diag(covariance)
    whole = jnp.sum((net.w2 @ covariance) * net.w2, 1) + (net.w2 * net.w2) @ alone
    return whole / jnp.maximum((net.w2 * net.w2) @ variance, NO_NOISE)


def _propagated(
    net: Correlated,
    mean: Float32[Any, "n h1"],
    ratio: Float32[Any, " h2"],
    sigma: Float32[Any, ""],
    *,
    exactly: bool,
) -> Propagated:
    variance1 = sigma**2 * jnp.diag(net.kernel)[None, :]
    first = relu_moments(mean, jnp.broadcast_to(variance1, mean.shape))
    variance2 = ratio[None, :] * (first.variance @ (net.w2 * net.w2).T)
    second = relu_moments(first.mean @ net.w2.T, variance2)
    gated = net.w3[None] * second.gate[:, None, :]
    backward = _times(gated, net.w2)
    gated = backward * first.gate[:, None, :]
    moved = None
    if exactly:
        moved = sigma**2 * _times(gated, net.kernel)
        along = jnp.einsum("nci,ndi->ncd", gated, moved)
    else:
        main = _times(gated, net.axes)
        along = jnp.einsum("nci,ndi->ncd", main, main)
        along += jnp.einsum("nci,ndi->ncd", gated * net.beside[None, None, :], gated)
        along *= sigma**2
    left1 = jnp.maximum(first.variance - first.gate**2 * variance1, 0.0)
    left2 = jnp.maximum(second.variance - second.gate**2 * variance2, 0.0)
    covariance = along + jnp.einsum("nci,ndi->ncd", backward * left1[:, None, :], backward)
    covariance += jnp.einsum("nci,di->ncd", net.w3[None] * left2[:, None, :], net.w3)
    mean = second.mean @ net.w3.T
    return Propagated(mean, covariance, along, first, second, backward, moved)


def _times(rows: Float32[Any, "n 10 i"], matrix: Float32[Any, "i j"]) -> Float32[Any, "n 10 j"]:
    """`(n, 10, i) @ (i, j)` as one product."""
    flat = rows.reshape(-1, rows.shape[-1]) @ matrix
    return flat.reshape(*rows.shape[:-1], -1)


@jit()
def _first_order(
    net: Correlated,
    mean: Float32[Any, "n h1"],
    ratio: Float32[Any, " h2"],
    sigma: Float32[Any, ""],
    labels: Integer[Any, " n"],
) -> Float32[Any, " n"]:
    found = _propagated(net, mean, ratio, sigma, exactly=False)
    return gaussian_error(found.mean, found.covariance, labels)


@jit()
def _both_orders(
    net: Correlated,
    mean: Float32[Any, "n h1"],
    ratio: Float32[Any, " h2"],
    sigma: Float32[Any, ""],
    labels: Integer[Any, " n"],
) -> Float32[Any, "2 n"]:
    """`(2, n)` errors to first and to second order."""
    found = _propagated(net, mean, ratio, sigma, exactly=True)
    low, curvature, rest = _quadratic(net, found, sigma)
    return jnp.stack(
        [
            _first_order(net, mean, ratio, sigma, labels),
            quadratic_error(found.mean, found.covariance, low, curvature, rest, labels),
        ]
    )


def _quadratic(
    net: Correlated, found: Propagated, sigma: Float32[Any, ""]
) -> tuple[Float32[Any, "n 10 10"], Float32[Any, "n 10 10 10"], Float32[Any, "n 10 10"]]:
    """Of the logits as a quadratic form of ten normals; see [`quadratic_error`][].

    **Returns:** `low` `(n, 10, 10)`, `curvature` `(n, 10, 10, 10)`, `rest` `(n, 10, 10)`.
    """
    low = root(found.along)
    # Coordinates in which the logits' directions of motion are orthonormal.
    unit = jax.scipy.linalg.solve_triangular(
        low, jnp.broadcast_to(jnp.eye(CLASSES)[None], low.shape), lower=True
    )
    moved1 = jnp.einsum("npc,nci->npi", unit, found.moved)
    moved2 = _times(moved1 * found.first.gate[:, None, :], net.w2.T)
    bend1 = found.backward * found.first.curvature[:, None, :]
    bend2 = net.w3[None] * found.second.curvature[:, None, :]
    curved1 = jnp.einsum("nbi,npi,nqi->nbpq", bend1, moved1, moved1)
    curvature = curved1 + jnp.einsum("nbi,npi,nqi->nbpq", bend2, moved2, moved2)
    whole1 = _times(bend1, jnp.square(sigma**2 * net.kernel))
    # The diagonal of that is in the variances that first order leaves to each neuron.
    diagonal = jnp.square(sigma**2 * jnp.diag(net.kernel))[None, None, :]
    beyond1 = jnp.einsum("nbi,nci->nbc", bend1, whole1 - bend1 * diagonal)
    beyond1 -= jnp.einsum("nbpq,ncpq->nbc", curved1, curved1)
    rest = found.covariance - found.along + 0.5 * beyond1
    # Of what is a difference, rounding is relative to what it is a difference of.
    rounding = JITTER * jnp.trace(found.along, axis1=-2, axis2=-1) / CLASSES
    return low, curvature, rest + rounding[:, None, None] * jnp.eye(CLASSES)[None]


@dataclass(frozen=True)
class PredictedInputNoise(Method):
    """See the module."""

    measure: InputNoise
    preview: ClassVar[int] = 16

    def prepare(self, network: Network) -> Prepared:
        """See [`Method.prepare`][]."""
        return _Prepared(correlated(network))


class _Prepared(Prepared):
    def __init__(self, network: Correlated):
        self._network = network
        self._average: Any = None
        self._ratios: dict[float, Any] = {}
        self._effects: dict[float, list[np.ndarray]] = {}

    def anew(self) -> Prepared:
        """See [`Prepared.anew`][]."""
        return _Prepared(self._network)

    def chunk(
        self, images: Float32[Any, "n 784"], labels: Integer[Any, " n"]
    ) -> tuple[Float32[Any, "n h1"], Integer[Any, " n"]]:
        """See [`Prepared.chunk`][]."""
        mean = _pre_activation(self._network, images)
        if self._average is None:
            self._average = mean
        return mean, labels

    def errors(self, chunk: Any, sigma: float) -> Float32[np.ndarray, " n"]:
        """See [`Prepared.errors`][]."""
        mean, labels = chunk
        scale = np.float32(sigma)
        if sigma not in self._ratios:
            self._ratios[sigma] = _variance_ratio(self._network, self._average, scale)
        known = self._effects.setdefault(sigma, [])
        if len(known) * len(labels) >= SECOND_ORDER_IMAGES:
            found = _first_order(self._network, mean, self._ratios[sigma], scale, labels)
            return np.asarray(found) + np.mean(known)
        first, second = np.asarray(
            _both_orders(self._network, mean, self._ratios[sigma], scale, labels)
        )
        known.append(second - first)
        return second
