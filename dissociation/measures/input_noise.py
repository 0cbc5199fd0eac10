"""Input noise: how often the network errs when Gaussian noise is added to the images."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dissociation._lazy import jax, jnp
from dissociation.datasets import PIXELS, mnist_test
from dissociation.errors import settle
from dissociation.measures import noise_kernels as kernels
from dissociation.measures.base import (
    TEST_IMAGES,
    Axis,
    Curves,
    Measure,
    SeedCurve,
    check_images,
    check_noise_range,
    chunks,
    noise_scales,
    padded,
)
from dissociation.network import Network

LIMITS = (1e-3, 100.0)


def image_noise(key: Any) -> np.ndarray:
    """`(10000, 784)` float32 ~ N(0, 1): row `i` is added to test image `i`.

    Drawn as the notebook draws it, from the first half of `split(key)`; the last draws are kept,
    because every condition, seed and chart of a visitor uses the same.
    """
    return _image_noise(tuple(np.asarray(key).tolist()))


@functools.lru_cache(maxsize=2)
def _image_noise(words: tuple[int, ...]) -> np.ndarray:
    key = jax.random.split(jnp.array(words, jnp.uint32))[0]
    return np.asarray(jax.random.normal(key, (TEST_IMAGES, PIXELS)))


@dataclass(frozen=True)
class InputNoise(Measure):
    """Error on `x + σ ξ`, ξ ~ N(0, 1) drawn once and shared by all σ, seeds and conditions.

    Sharing the draw (common random numbers) makes differences between conditions far less noisy
    than the curves themselves. Settings: σ from `noise_low` to `noise_high`, in pixel units (images
    are in [0, 1]), at `points` scales; `images` test images, in a shuffled order.
    """

    noise_low: float = 0.1
    noise_high: float = 10.0
    points: int = 40

    name: ClassVar = "input_noise"
    label: ClassVar = "Input noise"
    about: ClassVar = "Gaussian noise of standard deviation σ is added to every pixel."
    cite: ClassVar = "Braun, Grant & Saxe, Not all solutions are created equal, ICML 2025, Fig. 4"
    sees_only_function: ClassVar = True

    def __post_init__(self):
        noise = check_noise_range(self.noise_low, self.noise_high, self.points, LIMITS)
        settle(self, images=check_images(self.images), **noise)

    @property
    def x(self) -> np.ndarray:
        """See [`Measure.x`][]."""
        return noise_scales(self.noise_low, self.noise_high, self.points)

    @property
    def total(self) -> np.ndarray:
        """See [`Measure.total`][]."""
        return np.full(self.points, self.images)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """See [`Measure.axes`][]."""
        return (
            Axis("Input noise σ (pixel units)", self.noise_low, self.noise_high, log=True),
            Axis("Test error", 0.01, 1.0, log=True, percent=True),
        )

    @property
    def chance(self) -> float:
        """See [`Measure.chance`][]."""
        return 0.9

    def stream(
        self, networks: Sequence[Sequence[Network]], *, keys: Sequence[Any], key: Any
    ) -> Iterator[Curves | None]:
        """See [`Measure.stream`][]. The noise of image `i` is row `i` of one draw from `key`."""
        del keys
        data = mnist_test()
        sigmas = [jnp.float32(sigma) for sigma in (0.0, *self.x)]
        noise = image_noise(key)
        seeds = range(len(networks[0]))
        shared = [kernels.share([row[seed] for row in networks]) for seed in seeds]
        errors = np.zeros((len(networks), len(seeds), len(sigmas)), np.int64)
        seen = 0
        for chunk in chunks(self.images):
            images = jnp.asarray(padded(data.images[chunk]))
            ripple = jnp.asarray(padded(noise[chunk]))
            labels = jnp.asarray(padded(data.labels[chunk].astype(np.int32), kernels.PADDING))
            for seed in seeds:
                for group in shared[seed]:
                    p = kernels.pre_activation(group.w1, images)
                    q = kernels.pre_activation(group.w1, ripple)
                    counts = kernels.count_errors(group, p, q, sigmas, labels)
                    errors[list(group.members), seed] += counts
                    yield None
            seen += len(chunk)
            yield [[_seed_curve(counts, seen) for counts in row] for row in errors]


def _seed_curve(counts: np.ndarray, images: int) -> SeedCurve:
    seen = np.full(len(counts) - 1, images)
    return SeedCurve(counts[None, 1:].copy(), seen, int(counts[0]), images)
