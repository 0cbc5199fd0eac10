"""Scale: multiply what comes into a layer by α and divide what goes out by α."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from jaxtyping import Float

from dissociation.core.draws import Key
from dissociation.core.manipulations.base import Manipulation, Strength, around, with_layer
from dissociation.core.networks.network import Network


def scale_layer(
    w_in: Float[Any, "hidden inputs"], w_out: Float[Any, "outputs hidden"], factor: Any
) -> tuple[Float[Any, "hidden inputs"], Float[Any, "outputs hidden"]]:
    """`(factor * w_in, w_out / factor)`; relu(α z) = α relu(z) for α > 0."""
    return factor * w_in, w_out / factor


@dataclass(frozen=True)
class Scale(Manipulation):
    """`W_in ← α W_in`, `W_out ← W_out / α`, α > 0; exact on all inputs (Dinh et al. 2017)."""

    strength: float = 20.0

    name: ClassVar = "scale"
    label: ClassVar = "Scaled"
    rule: ClassVar = "W_in ← α W_in,  W_out ← W_out / α"
    about: ClassVar = (
        "All activations of the layer grow by α and are read out α times more weakly. A ReLU "
        "passes the factor through, so the outputs stay."
    )
    cite: ClassVar = "Dinh et al., Sharp minima can generalize for deep nets, ICML 2017"
    look: ClassVar = ("#D55E00", "dash", "square")
    multiplies_rows: ClassVar = True
    strength_range: ClassVar = Strength(
        "α", "factor", 0.01, 1000.0, 20.0, log=True, sweep=(1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
    )

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        del key
        w_in, w_out = around(network, self.layer)
        return with_layer(network, self.layer, *scale_layer(w_in, w_out, self.strength))
