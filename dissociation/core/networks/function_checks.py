"""Same function? How far a manipulated network's outputs differ from the trained network's."""

from __future__ import annotations

import collections
import functools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from dissociation.core._lazy import jnp
from dissociation.core.data.datasets import mnist_test
from dissociation.core.draws import Key, normal
from dissociation.core.networks.network import Network, check_network, logits, weights_digest

#: Noise added to the images for the second half of the check: far off the data, still seen daily.
NOISE_SCALE = 1.0
CODE_VERSION = 2


@dataclass(frozen=True)
class FunctionCheck:
    """How much one rewrite changed what the network computes.

    - `logit_change`: largest |Δlogit| over all images and outputs, relative to the logit scale
      (the largest |logit| of the trained network on the same images; 1 if all of those are 0).
    - `predictions_changed`: number of `images` whose predicted digit differs.
    - `noisy_logit_change`, `noisy_predictions_changed`: the same on noisy images, x + ξ.
    """

    logit_change: float
    predictions_changed: int
    noisy_logit_change: float
    noisy_predictions_changed: int
    images: int


def _difference(
    before: Float32[np.ndarray, "n 10"], after: Float32[np.ndarray, "n 10"]
) -> tuple[float, int]:
    change, scale = float(np.abs(after - before).max()), float(np.abs(before).max())
    return change / scale if scale > 0 else change, int(np.sum(before.argmax(1) != after.argmax(1)))


@functools.lru_cache(maxsize=2)
def _noisy_images(words: tuple[int, ...]) -> Float32[np.ndarray, "n 784"]:
    key = jnp.array(words, jnp.uint32)
    images = mnist_test().images
    return images + NOISE_SCALE * normal(key, images.shape)


_outputs: collections.OrderedDict[tuple, tuple[np.ndarray, np.ndarray]] = collections.OrderedDict()


def _trained_outputs(
    trained: Network, words: tuple[int, ...]
) -> tuple[Float32[np.ndarray, "n 10"], Float32[np.ndarray, "m 10"]]:
    """Logits on clean and noisy images, kept for the other conditions of the same network."""
    name = (weights_digest(trained), words)
    if name not in _outputs:
        _outputs[name] = _both_logits(trained, words)
        while len(_outputs) > 16:
            _outputs.popitem(last=False)
    return _outputs[name]


def _both_logits(
    network: Network, words: tuple[int, ...]
) -> tuple[Float32[np.ndarray, "n 10"], Float32[np.ndarray, "m 10"]]:
    return logits(network, mnist_test().images), logits(network, _noisy_images(words))


def function_check(trained: Network, manipulated: Network, *, key: Key) -> FunctionCheck:
    """Compares two networks on all 10,000 test images, clean and with noise of σ = 1.

    **Arguments:**

    - `trained`, `manipulated`: the networks.
    - `key`: a JAX key for the noise.

    **Raises:** `InvalidValue` as `check_network`.
    """
    trained, manipulated = check_network(trained), check_network(manipulated)
    words = tuple(np.asarray(key).tolist())
    before, after = _trained_outputs(trained, words), _both_logits(manipulated, words)
    clean, noisy = (_difference(*pair) for pair in zip(before, after, strict=True))
    return FunctionCheck(*clean, *noisy, len(before[0]))
