"""Input noise: how often the network errs when Gaussian noise is added to the images."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32, Integer

from dissociation.core._lazy import jax, jnp
from dissociation.core.data.datasets import PIXELS
from dissociation.core.data.sample import TEST_IMAGES
from dissociation.core.draws import Key, normal
from dissociation.core.measures import noise_kernels as kernels
from dissociation.core.measures.base import padded
from dissociation.core.measures.noise_measure import NoiseMeasure
from dissociation.core.measures.shared_neurons import shared_neurons
from dissociation.core.networks.network import Network
from dissociation.core.networks.shared_rows import by_first_layer


def image_noise(key: Key) -> Float32[np.ndarray, "10000 784"]:
    """`(10000, 784)` float32 ~ N(0, 1): row `i` is added to test image `i`.

    Drawn as the notebook draws it, from the first half of `split(key)`; the last draws are kept,
    because every condition, seed and chart of a visitor uses the same.
    """
    return _image_noise(tuple(np.asarray(key).tolist()))


@functools.lru_cache(maxsize=2)
def _image_noise(words: tuple[int, ...]) -> Float32[np.ndarray, "10000 784"]:
    key = jax.random.split(jnp.array(words, jnp.uint32))[0]
    return normal(key, (TEST_IMAGES, PIXELS))


@dataclass(frozen=True)
class InputNoise(NoiseMeasure):
    """Error on `x + σ ξ`, ξ ~ N(0, 1) drawn once and shared by all σ, seeds and conditions.

    Sharing the draw (common random numbers) makes differences between conditions far less noisy
    than the curves themselves. Settings: σ from `noise_low` to `noise_high`, in pixel units (images
    are in [0, 1]), at `points` scales; `images` test images, in a shuffled order.
    """

    noise_low: float = 0.1
    noise_high: float = 10.0

    name: ClassVar = "input_noise"
    label: ClassVar = "Input noise"
    about: ClassVar = "Gaussian noise of standard deviation σ is added to every pixel."
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025, Fig. 4"
    sees_only_function: ClassVar = True
    limits: ClassVar = (1e-3, 100.0)
    typical: ClassVar = 1.0
    unit: ClassVar = "pixel units"
    unit_means: ClassVar = "pixels are 0 to 1"
    place: ClassVar = "the inputs"
    added_to: ClassVar = "every **pixel**"

    def shared(self, networks: Sequence[Network], key: Key, run: int) -> list[kernels.Shared]:
        """See [`NoiseMeasure.shared`][]."""
        del key, run
        groups = []
        for members in by_first_layer(networks):
            own = [networks[member] for member in members]
            layer = shared_neurons([np.asarray(n.w2) for n in own], [np.asarray(n.w3) for n in own])
            groups.append(kernels.share(np.asarray(own[0].w1), None, layer, members))
        return groups

    def preactivation_noise(
        self,
        group: kernels.Shared,
        images: Float32[Any, "n 784"],
        rows: Integer[np.ndarray, " real"],
        key: Key,
    ) -> Float32[Any, "n hidden1"]:
        """See [`NoiseMeasure.preactivation_noise`][]: that of image `i` is row `i` of one draw."""
        del images
        return kernels.pre_activation(jax.device_put(padded(image_noise(key)[rows])), group.w1)
