"""What rescaling a hidden layer does to the noise of the logits, and which rescaling is the best.

Scaling a layer by α multiplies its incoming weights and its activations by α and divides its
outgoing weights by α. The noise that enters by the incoming weights is then read out α times more
weakly, that which enters by the outgoing weights is multiplied by activations α times larger:

    gain(α) = rest + in · α⁻² + out · α²,   smallest at α* = (in / out)^¼.

Neuron by neuron, with factors d_j of its own, the smallest sum is rest + 2 Σ_j √(in_j · out_j), at
d_j = (in_j / out_j)^¼: then every neuron lets as much noise in as out. Balancing (Stock et al.,
ICLR 2019) makes norms of weights equal instead, which is not the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real

from dissociation.core.theory.noise_sources import Sources

#: Powers of α of the terms of W1, W2, W3, for a rewrite of hidden layer 1 or 2.
POWERS = {1: (-2, 2, 0), 2: (0, -2, 2)}
#: And of the products: of W1 and W2, W1 and W3, W2 and W3, and all three.
_PRODUCTS = {1: (0, -2, 2, 0), 2: (-2, 2, 0, 0)}


def scaled_terms(
    terms: Float[np.ndarray, " 3"], factors: Real[np.ndarray, " S"], layer: int
) -> Real[np.ndarray, "S 3"]:
    """`(S, 3)` terms of a network whose hidden layer is scaled, exactly.

    **Arguments:**

    - `terms`: `(3,)` of the network as it is; `factors`: `(S,)` positive α; `layer`: 1 or 2.
    """
    powers = np.asarray(POWERS[layer], float)
    return np.asarray(terms) * np.asarray(factors, float)[:, None] ** powers


class Split(NamedTuple):
    """E‖Δlogits‖² / σ² by what scaling a layer by α does to it: ∝ α⁻², ∝ α², and unchanged.

    Each as coefficients of σ⁰, σ² and σ⁴.
    """

    into: tuple[float, ...]
    out: tuple[float, ...]
    rest: tuple[float, ...]

    def at(self, sigma: float) -> tuple[float, float, float]:
        """All three at a noise scale."""
        into, out, rest = (
            sum(value * sigma ** (2 * power) for power, value in enumerate(part)) for part in self
        )
        return into, out, rest


def split(sources: Sources, layer: int) -> Split:
    """The noise of a network, products included, by what scaling its hidden layer does to it."""

    def part(power: int) -> tuple[float, ...]:
        pairs = zip(_PRODUCTS[layer][:3], sources.products[:3], strict=True)
        second = sum(float(value) for own, value in pairs if own == power)
        return float(sources.terms[POWERS[layer].index(power)]), second

    return Split(part(-2), part(2), (*part(0), float(sources.products[3])))


class Best(NamedTuple):
    """A best rescaling: the factor, and the gain E‖Δlogits‖² / σ² it leaves."""

    factor: float
    gain: float


def best_scale(sources: Sources, layer: int, sigma: float = 0.0) -> Best:
    """The α on a hidden layer that makes the noise smallest.

    **Arguments:**

    - `sigma`: the noise scale; 0 is small noise, without products.

    **Returns:** NaN and the gain as it is where no α > 0 does, as one of both parts is 0.
    """
    into, out, rest = split(sources, layer).at(sigma)
    if into <= 0 or out <= 0:
        return Best(float("nan"), into + out + rest)
    return Best((into / out) ** 0.25, rest + 2 * (into * out) ** 0.5)


def best_rescaling(sources: Sources, layer: int) -> float:
    """The smallest gain that rescaling the neurons of a hidden layer one by one can leave."""
    into, out = sources.incoming[layer - 1], sources.outgoing[layer - 1]
    rest = float(sources.terms[POWERS[layer].index(0)])
    return rest + 2 * float(np.sqrt(into * out).sum())


def best_factors(sources: Sources, layer: int) -> Real[np.ndarray, " hidden"]:
    """`(hidden,)` the factors of [`best_rescaling`][]; 1 for neurons with nothing to weigh."""
    into, out = sources.incoming[layer - 1], sources.outgoing[layer - 1]
    both = (into > 0) & (out > 0)
    factors = np.ones(len(into))
    factors[both] = (into[both] / out[both]) ** 0.25
    return factors
