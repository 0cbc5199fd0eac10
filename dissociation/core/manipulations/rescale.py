"""Per-neuron rescale: every neuron gets a factor of its own, log-normally distributed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float

from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import Manipulation, Strength, around, with_layer
from dissociation.core.networks.network import Network


def rescale_layer(
    w_in: Float[Any, "hidden inputs"],
    w_out: Float[Any, "outputs hidden"],
    factors: Float[Any, " hidden"],
) -> tuple[Float[Any, "hidden inputs"], Float[Any, "outputs hidden"]]:
    """`(D w_in, w_out D⁻¹)` for the positive diagonal `factors` `(hidden,)`."""
    return factors[:, None] * w_in, w_out / factors[None, :]


@dataclass(frozen=True)
class Rescale(Manipulation):
    """`W_in ← D W_in`, `W_out ← W_out D⁻¹`, log D ~ N(0, strength²) (Neyshabur et al. 2015)."""

    strength: float = 1.0

    name: ClassVar = "rescale"
    label: ClassVar = "Rescaled per neuron"
    rule: ClassVar = "W_in ← D W_in,  W_out ← W_out D⁻¹,  log D ~ N(0, s²)"
    about: ClassVar = (
        "Each neuron is made louder or quieter by a random factor, and is read out by as much "
        "more weakly or strongly."
    )
    cite: ClassVar = "Neyshabur et al., Path-SGD, NeurIPS 2015"
    look: ClassVar = ("#2C9BD3", "longdashdot", "cross")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength(
        "s", "standard deviation of log D", 0.0, 3.0, 1.0, sweep=(0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
    )

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        w_in, w_out = around(network, self.layer)
        factors = np.exp(self.strength * normal(key, (len(w_in),)))
        return with_layer(network, self.layer, *rescale_layer(w_in, w_out, factors))
