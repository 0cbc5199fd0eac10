"""A measure of noise in one file: light that flickers, another strength of it for each image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dissociation.core.data.sample import TEST_IMAGES
from dissociation.core.draws import normal
from dissociation.core.manipulations.base import Count
from dissociation.core.measures import noise_kernels as kernels
from dissociation.core.measures.base import padded
from dissociation.core.measures.input_noise import InputNoise


@dataclass(frozen=True)
class Flicker(InputNoise):
    """Error on `(1 + σ ξ) x`, with one ξ ~ N(0, 1) for each of every `together` images."""

    together: int = 1

    name: ClassVar = "flicker"
    label: ClassVar = "Flicker"
    about: ClassVar = "Every image is as much brighter or darker as a Gaussian factor says."
    cite: ClassVar = "Nobody"
    unit: ClassVar = "brightness"
    unit_means: ClassVar = ""
    place: ClassVar = "the light"
    added_to: ClassVar = "the **brightness** of every image"
    counts: ClassVar = {"together": Count(1, 100, "images in one light")}

    def preactivation_noise(
        self, group: kernels.Shared, images: Any, rows: np.ndarray, key: Any
    ) -> Any:
        """See [`NoiseMeasure.preactivation_noise`][]."""
        factors = normal(key, (TEST_IMAGES, 1))[rows // self.together]
        return kernels.pre_activation(images * padded(factors), group.w1)
