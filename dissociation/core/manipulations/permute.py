"""Permute: the same neurons in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dissociation.core._lazy import jax
from dissociation.core.draws import Key
from dissociation.core.manipulations.base import Manipulation, Strength, around, with_layer
from dissociation.core.networks.network import Network


@dataclass(frozen=True)
class Permute(Manipulation):
    """`W_in ← P W_in`, `W_out ← W_out Pᵀ` for a random permutation; exact on all inputs.

    The strength is the share of neurons that are drawn from; the others keep their places.
    """

    strength: float = 1.0

    name: ClassVar = "permute"
    label: ClassVar = "Permuted"
    rule: ClassVar = "W_in ← P W_in,  W_out ← W_out Pᵀ"
    about: ClassVar = "The neurons of the layer change places, their outgoing weights with them."
    cite: ClassVar = (
        "Hecht-Nielsen, On the algebraic structure of feedforward network weight spaces, 1990"
    )
    look: ClassVar = ("#7A8B00", "dash", "x")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength(
        "share", "share of neurons", 0.0, 1.0, 1.0, sweep=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        w_in, w_out = around(network, self.layer)
        order = np.asarray(jax.random.permutation(key, len(w_in)))
        moved = order[: round(self.strength * len(order))]
        places = np.arange(len(order))
        places[np.sort(moved)] = moved
        return with_layer(network, self.layer, w_in[places], w_out[:, places])
