"""Duplicate: every neuron several times, its outgoing weights shared out among the copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int64

from dissociation.core.draws import Key
from dissociation.core.manipulations.base import Manipulation, Strength, around, with_layer
from dissociation.core.networks.network import Network


def copies(
    hidden: int, multiplier: float
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"]]:
    """Which neuron each new neuron is a copy of, and how many copies that neuron has.

    **Arguments:**

    - `hidden`: neurons in the layer.
    - `multiplier`: `m >= 1`: each neuron ⌊m⌋ times, side by side, then the first
      ⌊(m mod 1) · hidden⌋ once more, appended.

    **Returns:** two int arrays `(new hidden,)`.
    """
    whole, extra = int(multiplier), int((multiplier % 1) * hidden)
    source = np.concatenate([np.repeat(np.arange(hidden), whole), np.arange(extra)])
    return source, np.bincount(source, minlength=hidden)[source]


def duplicate_layer(
    w_in: Float[Any, "hidden inputs"], w_out: Float[Any, "outputs hidden"], multiplier: float
) -> tuple[Float[Any, "copies inputs"], Float[Any, "outputs copies"]]:
    """Weights `(new hidden, in)` and `(out, new hidden)` of the duplicated layer."""
    source, count = copies(w_in.shape[0], multiplier)
    return w_in[source], w_out[:, source] / count.astype(np.float32)[None, :]


@dataclass(frozen=True)
class Duplicate(Manipulation):
    """Each neuron `m` times, outgoing weights divided by its count.

    Exact on all inputs (Şimşek et al. 2021; Net2Wider, Chen et al. 2016).
    """

    strength: float = 2.0

    name: ClassVar = "duplicate"
    label: ClassVar = "Duplicated"
    rule: ClassVar = "each neuron m times,  outgoing weights / count"
    about: ClassVar = (
        "The layer is widened with copies of its own neurons. Every copy carries its share of the "
        "outgoing weight, so the sum is what it was."
    )
    cite: ClassVar = (
        "Şimşek et al., Geometry of the loss landscape in overparameterized neural networks, "
        "ICML 2021; Chen et al., Net2Net, ICLR 2016"
    )
    look: ClassVar = ("#009E73", "dot", "diamond")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength(
        "m", "copies of each neuron", 1.0, 4.0, 2.0, sweep=(1.0, 1.2, 1.5, 2.0, 3.0, 4.0)
    )

    def widened(self, width: int) -> int:
        """See [`Manipulation.widened`][]."""
        return len(copies(width, self.strength)[0])

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        del key
        w_in, w_out = around(network, self.layer)
        return with_layer(network, self.layer, *duplicate_layer(w_in, w_out, self.strength))
