"""Hidden-null noise: perturb a layer's readout where its activations never go."""

from __future__ import annotations

import collections
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Float32

from dissociation.core._lazy import jnp
from dissociation.core.data.datasets import mnist_test, mnist_train
from dissociation.core.draws import Key, normal
from dissociation.core.manipulations.base import Manipulation, Option, Strength
from dissociation.core.networks.network import Network
from dissociation.core.networks.null_spaces import SOURCES, gram, remainder, rows_at_once
from dissociation.core.networks.shared_rows import shared_rows
from dissociation.core.pauses import pause


def hidden_activations(
    network: Network, layer: int, images: Float[np.ndarray, "n 784"]
) -> Float32[np.ndarray, "n hidden"]:
    """`(n, hidden)` float32 post-activations of hidden layer 1 or 2."""
    hidden = jnp.maximum(jnp.asarray(images) @ jnp.asarray(network.w1).T, 0.0)
    if layer == 2:
        pause()
        hidden = jnp.maximum(hidden @ jnp.asarray(network.w2).T, 0.0)
    return np.asarray(hidden)


def _in_blocks(network: Network, layer: int, pixels: np.ndarray) -> Iterator[np.ndarray]:
    """The same, as many rows at once as take some tenths of a second."""
    width = network.widths[layer - 1]
    size = min(rows_at_once(width), rows_at_once(network.widths[0]))
    on_device = Network(*map(jnp.asarray, network))
    for start in range(0, len(pixels), size):
        images = pixels[start : start + size] / np.float32(255)
        yield hidden_activations(on_device, layer, images)


#: Noise that was projected on null spaces, and how many bytes of it are kept.
_kept: collections.OrderedDict[tuple, np.ndarray] = collections.OrderedDict()
_lock, _ROOM = threading.Lock(), 160 * 2**20


def _null_noise(network: Network, layer: int, source: str, key: Key) -> np.ndarray:
    """N(0, 1) on the weights that read a layer, projected on the null space of its activations.

    Kept for whoever asks again: a network is rewritten to be measured, to be checked, and to be
    predicted, at this strength and at others. (Unlike a basis it is small where a layer is wide.)
    """
    w_out = network.w2 if layer == 1 else network.w3
    read = hashlib.sha256()
    for weight in network[:layer]:
        read.update(np.ascontiguousarray(weight).data)
    words = tuple(np.asarray(key).tolist())
    name = (read.digest(), np.shape(w_out), layer, source, words)
    with _lock:
        if (known := _kept.get(name)) is not None:
            _kept.move_to_end(name)
            return known
    data = mnist_test() if source == "test" else mnist_train()
    shared = shared_rows([np.asarray(network[layer - 1])])
    distinct = network._replace(**{f"w{layer}": shared.rows})
    products = gram(_in_blocks(distinct, layer, data.pixels))
    larger = max(len(data), network.widths[layer - 1])
    found = remainder(normal(key, np.shape(w_out)), products, larger, shared.selections[0])
    with _lock:
        _kept[name] = found
        while sum(noise.nbytes for noise in _kept.values()) > _ROOM:
            _kept.popitem(last=False)
    return found


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
    look: ClassVar = ("#A0522D", "dashdot", "hexagon")
    strength_range: ClassVar = Strength(
        "s", "standard deviation", 0.0, 10.0, 0.1, sweep=(0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
    )
    options: ClassVar = {"images": Option("Null space of activations on", SOURCES)}

    @property
    def exact_on(self) -> str:
        """See [`Manipulation.exact_on`][]."""
        return f"the {self.images} images, up to the rank threshold"

    def apply(self, network: Network, *, key: Key) -> Network:
        """See [`Manipulation.apply`][]. **Raises:** `DamagedData` if MNIST cannot be read."""
        w_out = network.w2 if self.layer == 1 else network.w3
        noisy = w_out + self.strength * _null_noise(network, self.layer, self.images, key)
        return network._replace(**{"w2" if self.layer == 1 else "w3": noisy})
