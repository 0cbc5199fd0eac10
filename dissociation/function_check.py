"""Same function? How far a manipulated network's outputs differ from the trained network's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dissociation._lazy import jax
from dissociation.datasets import mnist_test
from dissociation.network import Network, logits

#: Noise added to the images for the second half of the check: far off the data, still seen daily.
NOISE_SCALE = 1.0
CODE_VERSION = 1


@dataclass(frozen=True)
class FunctionCheck:
    """How much one rewrite changed what the network computes.

    - `logit_change`: largest |Δlogit| over all images and outputs, relative to the logit scale
      (the largest |logit| of the trained network on the same images).
    - `predictions_changed`: number of `images` whose predicted digit differs.
    - `noisy_logit_change`, `noisy_predictions_changed`: the same on noisy images, x + ξ.
    """

    logit_change: float
    predictions_changed: int
    noisy_logit_change: float
    noisy_predictions_changed: int
    images: int


def _difference(before: np.ndarray, after: np.ndarray) -> tuple[float, int]:
    change = float(np.abs(after - before).max() / np.abs(before).max())
    return change, int(np.sum(before.argmax(1) != after.argmax(1)))


def function_check(trained: Network, manipulated: Network, *, key: Any) -> FunctionCheck:
    """Compares two networks on all 10,000 test images, clean and with noise of σ = 1.

    **Arguments:**

    - `trained`, `manipulated`: the networks.
    - `key`: a JAX key for the noise.
    """
    images = mnist_test().images
    noisy = images + NOISE_SCALE * np.asarray(jax.random.normal(key, images.shape))
    clean = _difference(logits(trained, images), logits(manipulated, images))
    off_data = _difference(logits(trained, noisy), logits(manipulated, noisy))
    return FunctionCheck(*clean, *off_data, len(images))
