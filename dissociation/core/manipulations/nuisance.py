"""Zero-type (nuisance) neurons: active, but with no say in the output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32

from dissociation.core._lazy import jax
from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import (
    Count,
    Manipulation,
    Option,
    Strength,
    around,
    with_layer,
)
from dissociation.core.networks.network import Network


def counterbalanced(drawn: Float[Any, "groups size outputs"]) -> Float32[Any, "outputs _"]:
    """Outgoing weights `(outputs, groups * size)` whose sum over each group is zero.

    **Arguments:**

    - `drawn`: `(groups, size, outputs)` ~ N(0, 1), NumPy's or JAX's. Neurons on their own, of
      groups of one, get zeros: there are no other such weights.
    """
    groups, size, outputs = drawn.shape
    return (drawn - drawn.mean(axis=1, keepdims=True)).reshape(groups * size, outputs).T


def rms(weights: Float[np.ndarray, "n _"]) -> np.float32:
    """Root mean square of the entries."""
    return np.sqrt(np.mean(np.square(weights), dtype=np.float64)).astype(np.float32)


@dataclass(frozen=True)
class Nuisance(Manipulation):
    """Groups of `group` neurons with one incoming vector and outgoing vectors that sum to zero.

    Exact on all inputs (Şimşek et al. 2021, zero-type neurons). The strength is the number of
    groups. `incoming="independent"` draws each group's vector ~ N(0, 1) in units of the layer's
    root-mean-square incoming weight; `"identical"` is the notebook's single N(0, 1) vector.
    """

    strength: float = 1024.0
    group: int = 1
    incoming: str = "independent"

    name: ClassVar = "nuisance"
    label: ClassVar = "Nuisance neurons"
    rule: ClassVar = "add n groups of k neurons whose outgoing weights sum to zero"
    about: ClassVar = (
        "The layer gets neurons that respond to its inputs at random. Their contributions cancel "
        "(or are zero), so the outputs stay while the representation fills with nuisance."
    )
    cite: ClassVar = (
        "Şimşek et al., Geometry of the loss landscape in overparameterized neural networks, "
        "ICML 2021"
    )
    look: ClassVar = ("#CC79A7", "dashdot", "triangle-up")
    strength_range: ClassVar = Strength(
        "n", "groups", 1, 4096, 1024, log=True, integer=True, sweep=(16, 64, 256, 512, 1024, 2048)
    )
    options: ClassVar = {
        "incoming": Option(
            "Incoming weights",
            {
                "independent": "independent, as large as the layer's own",
                "identical": "one N(0, 1) vector for all (the notebook's shortcut)",
            },
        )
    }
    counts: ClassVar = {"group": Count(1, 8, "neurons a group (k)")}

    def widened(self, width: int) -> int:
        """See [`Manipulation.widened`][]."""
        return width + int(self.strength) * self.group

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]."""
        w_in, w_out = around(network, self.layer)
        groups, inputs = int(self.strength), w_in.shape[1]
        if self.incoming == "identical":
            incoming = np.repeat(normal(key, (1, inputs)), groups, axis=0)
        else:
            incoming = normal(key, (groups, inputs)) * rms(w_in)
        drawn = normal(jax.random.fold_in(key, 1), (groups, self.group, len(w_out)))
        return with_layer(
            network,
            self.layer,
            np.concatenate([w_in, np.repeat(incoming, self.group, axis=0)]),
            np.concatenate([w_out, counterbalanced(drawn) * rms(w_out)], axis=1),
        )
