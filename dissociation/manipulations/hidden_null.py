"""Hidden-null noise: perturb a layer's readout where its activations never go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dissociation._lazy import jnp
from dissociation.datasets import mnist_test, mnist_train
from dissociation.draws import normal
from dissociation.manipulations.base import Manipulation, Option, Strength
from dissociation.network import Network
from dissociation.null_spaces import SOURCES, null_space


def hidden_activations(network: Network, layer: int, images: np.ndarray) -> np.ndarray:
    """`(n, hidden)` float32 post-activations of hidden layer 1 or 2."""
    hidden = jnp.maximum(jnp.asarray(images) @ jnp.asarray(network.w1).T, 0.0)
    if layer == 2:
        hidden = jnp.maximum(hidden @ jnp.asarray(network.w2).T, 0.0)
    return np.asarray(hidden)


@dataclass(frozen=True)
class HiddenNull(Manipulation):
    """`W_out ← W_out + s · N(0, 1) · projector` on the null space of the layer's activations.

    Exact, up to the rank threshold, on the images the activations come from. `layer` is the hidden
    layer whose readout is perturbed: 1 changes W2, 2 changes W3. A layer without a null space is
    left as it is.
    """

    strength: float = 0.1
    layer: int = 1
    images: str = "test"

    name: ClassVar = "hidden_null"
    label: ClassVar = "Hidden-null noise"
    rule: ClassVar = "W_out ← W_out + s · N(0, 1) · null projector of the activations"
    about: ClassVar = (
        "The weights that read a hidden layer are perturbed along directions in which its "
        "activations have (almost) no component."
    )
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025"
    strength_range: ClassVar = Strength(
        "s", "standard deviation", 0.0, 10.0, 0.1, sweep=(0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
    )
    options: ClassVar = {"images": Option("Null space of activations on", SOURCES)}

    @property
    def exact_on(self) -> str:
        """See [`Manipulation.exact_on`][]."""
        return f"the {self.images} images, up to the rank threshold"

    def apply(self, network: Network, *, key: Any) -> Network:
        """See [`Manipulation.apply`][]. **Raises:** `DamagedData` if MNIST cannot be read."""
        data = mnist_test() if self.images == "test" else mnist_train()
        basis = null_space(hidden_activations(network, self.layer, data.images)).basis
        w_out = network.w2 if self.layer == 1 else network.w3
        drawn = normal(key, w_out.shape)
        noisy = w_out + self.strength * (drawn @ basis.T) @ basis
        return network._replace(**{"w2" if self.layer == 1 else "w3": noisy})
