"""Balance: give every neuron incoming and outgoing weights of equal norm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Float64

from dissociation.core.draws import Key
from dissociation.core.manipulations.base import Manipulation, Strength
from dissociation.core.manipulations.rescale import rescale_layer
from dissociation.core.networks.network import Network
from dissociation.core.pauses import pause

TOLERANCE = 1e-6
MAX_ROUNDS = 1_000


def _step(
    w_in: Float[np.ndarray, "hidden inputs"], w_out: Float[np.ndarray, "outputs hidden"]
) -> Float64[np.ndarray, " hidden"]:
    incoming = np.linalg.norm(w_in, axis=1)
    pause()
    outgoing = np.linalg.norm(w_out, axis=0)
    # A neuron that is silent or unread has no balance to find, and is left alone.
    alive = (incoming > 0) & (outgoing > 0)
    factors = np.ones(len(w_in))
    factors[alive] = np.sqrt(outgoing[alive] / incoming[alive])
    return factors


def balancing_factors(
    network: Network,
) -> tuple[Float64[np.ndarray, " hidden1"], Float64[np.ndarray, " hidden2"]]:
    """The positive factors `(hidden1,)`, `(hidden2,)` that balance both hidden layers at once.

    The two layers share W2, so balancing one disturbs the other; alternating converges (Stock et
    al. 2019). Computed in float64.
    """
    w1, w2, w3 = (np.asarray(weight, np.float64) for weight in network)
    pause()
    first, second = np.ones(len(w1)), np.ones(len(w2))
    for _ in range(MAX_ROUNDS):
        d1 = _step(w1, w2)
        pause()
        w1, w2 = rescale_layer(w1, w2, d1)
        pause()
        d2 = _step(w2, w3)
        pause()
        w2, w3 = rescale_layer(w2, w3, d2)
        pause()
        first, second = first * d1, second * d2
        if max(np.abs(np.log(d1)).max(), np.abs(np.log(d2)).max()) < TOLERANCE:
            break
    return first, second


@dataclass(frozen=True)
class Balance(Manipulation):
    """`W_in ← D^t W_in`, `W_out ← W_out D^-t` over both hidden layers (Stock et al. 2019).

    At `t = 1` the incoming and outgoing weights of every neuron have equal norm; `t = 0` leaves the
    network as it is.
    """

    strength: float = 1.0

    name: ClassVar = "balance"
    label: ClassVar = "Balanced"
    rule: ClassVar = "W_in ← Dᵗ W_in,  W_out ← W_out D⁻ᵗ,  dᵢ = √(‖outᵢ‖ / ‖inᵢ‖)"
    about: ClassVar = (
        "Every neuron of both hidden layers is rescaled until its incoming and outgoing weights "
        "are equally large: of all rescalings of this function, the one with the smallest weights."
    )
    cite: ClassVar = "Stock et al., Equi-normalization of neural networks, ICLR 2019"
    look: ClassVar = ("#8F63D2", "dot", "star")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength(
        "t", "share of the way", 0.0, 1.0, 1.0, sweep=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    layers: ClassVar = (2,)

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        del key
        first, second = balancing_factors(network)
        d1 = (first**self.strength).astype(np.float32)
        d2 = (second**self.strength).astype(np.float32)
        w1, w2 = rescale_layer(network.w1, network.w2, d1)
        w2, w3 = rescale_layer(w2, network.w3, d2)
        return Network(w1, w2, w3)
