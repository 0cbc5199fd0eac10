"""A manipulation in one file: the neurons of a layer in reverse order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from dissociation.core.manipulations.base import Manipulation, Strength, around, with_layer
from dissociation.core.networks.network import Network


@dataclass(frozen=True)
class Reverse(Manipulation):
    """`W_in ← W_in[::-1]`, `W_out ← W_out[:, ::-1]`, as often as the strength says; exact."""

    strength: float = 1.0

    name: ClassVar = "reverse"
    label: ClassVar = "Reversed"
    rule: ClassVar = "neuron j becomes neuron n − j"
    about: ClassVar = "The neurons of the layer stand in reverse order."
    cite: ClassVar = "Nobody"
    look: ClassVar = ("#445566", "dot", "star-diamond")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength("n", "times", 0, 3, 1, integer=True, sweep=(0, 1, 2, 3))

    def apply(self, network: Network, *, key: Any) -> Network:
        """See [`Manipulation.apply`][]."""
        if self.strength % 2 == 0:
            return network
        w_in, w_out = around(network, self.layer)
        return with_layer(network, self.layer, w_in[::-1], w_out[:, ::-1])
