"""Parameter noise: how often the network errs when Gaussian noise is added to its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32, Integer, UInt32

from dissociation.core._lazy import jax
from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import Count, Option
from dissociation.core.measures import noise_kernels as kernels
from dissociation.core.measures.noise_measure import NoiseMeasure
from dissociation.core.measures.shared_neurons import shared_neurons
from dissociation.core.networks.network import Network
from dissociation.core.networks.shared_rows import by_first_layer

MODES = {
    "absolute": "absolute: σ · N(0, 1) on every weight",
    "relative": "relative: σ · |w| · N(0, 1), blind to rescaling",
}
#: Which of W1, W2, W3 are noisy: the digits of the word.
LAYERS = {
    word: ", ".join(f"W{digit}" for digit in word)
    for word in ("123", "1", "2", "3", "12", "13", "23")
}


@dataclass(frozen=True)
class ParameterNoise(NoiseMeasure):
    """Error with `W_l + σ N_l`, `N_l` ~ N(0, 1): one draw a seed, shared by all σ and conditions.

    Settings: σ from `noise_low` to `noise_high` at `points` scales; `mode` absolute, or relative to
    each weight's size (ASAM, Kwon et al. 2021); `layers`, the digits of the noisy weight matrices;
    `draws` of the noise a seed; `images` test images, in a shuffled order.
    """

    noise_low: float = 1e-4
    noise_high: float = 1.0
    mode: str = "absolute"
    layers: str = "123"
    draws: int = 1

    name: ClassVar = "parameter_noise"
    label: ClassVar = "Parameter noise"
    about: ClassVar = "Gaussian noise of standard deviation σ is added to every weight."
    cite: ClassVar = (
        "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025, Fig. 4; relative "
        "noise: Kwon et al., ASAM, ICML 2021"
    )
    limits: ClassVar = (1e-6, 100.0)
    typical: ClassVar = 0.05
    unit: ClassVar = "weight units"
    place: ClassVar = "the parameters"
    added_to: ClassVar = "every **weight**"
    options: ClassVar = {
        "mode": Option("Kind of noise", MODES),
        "layers": Option("Noisy layers", LAYERS, help="Which weight matrices get noise."),
    }
    counts: ClassVar = {"draws": Count(1, 64, "noise draws a network", "More draws, steadier.")}

    @property
    def noise_axis(self) -> str:
        """See [`NoiseMeasure.noise_axis`][]."""
        unit = self.unit if self.mode == "absolute" else "relative to each weight"
        return f"{self.label} σ ({unit})"

    @property
    def runs(self) -> int:
        """See [`NoiseMeasure.runs`][]."""
        return self.draws

    def noise(self, network: Network, key: Key, draw: int) -> Network:
        """The noise of one draw per unit of σ, shaped like the weights.

        Draw 0 is the notebook's: `N_l = normal(split(key, 3)[l])`. Rows of wider layers extend the
        draws of narrower ones, so conditions share as much of their noise as their shapes allow.
        """
        keys = _keys(key, draw)
        return Network(*(self._on_layer(n, w, keys) for n, w in enumerate(network)))

    def _on_layer(
        self, number: int, weight: Float[Any, "outputs inputs"], keys: UInt32[Any, "3 2"]
    ) -> Float[Any, "outputs inputs"]:
        if str(number + 1) not in self.layers:
            return np.zeros(np.shape(weight), np.float32)
        drawn = normal(keys[number], np.shape(weight))
        return np.abs(weight) * drawn if self.mode == "relative" else drawn

    def shared(self, networks: Sequence[Network], key: Key, run: int) -> list[kernels.Shared]:
        """See [`NoiseMeasure.shared`][]. Conditions of one seed draw from the same key."""
        keys = _keys(key, run)
        groups = []
        for members in by_first_layer(networks):
            own = [Network(*map(np.asarray, networks[member])) for member in members]
            widest = max(len(network.w2) for network in own)
            shape = widest, own[0].w2.shape[1]
            layer = shared_neurons(
                [network.w2 for network in own],
                [network.w3 for network in own],
                normal(keys[1], shape) if "2" in self.layers else None,
                [self._on_layer(2, network.w3, keys) for network in own],
                relative=self.mode == "relative",
            )
            n1 = self._on_layer(0, own[0].w1, keys)
            groups.append(kernels.share(own[0].w1, n1, layer, members))
        return groups

    def preactivation_noise(
        self,
        group: kernels.Shared,
        images: Float32[Any, "n 784"],
        rows: Integer[np.ndarray, " real"],
        key: Key,
    ) -> Float32[Any, "n hidden1"]:
        """See [`NoiseMeasure.preactivation_noise`][]."""
        del rows, key
        return kernels.pre_activation(images, group.n1)


def _keys(key: Key, draw: int) -> UInt32[Any, "3 2"]:
    """One key for each layer's noise."""
    return jax.random.split(key if draw == 0 else jax.random.fold_in(key, draw), 3)
