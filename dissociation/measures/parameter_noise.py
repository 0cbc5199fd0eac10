"""Parameter noise: how often the network errs when Gaussian noise is added to its weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dissociation._lazy import jax, jnp
from dissociation.datasets import mnist_test
from dissociation.errors import check_choice, check_integer, settle
from dissociation.measures import noise_kernels as kernels
from dissociation.measures.base import (
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

LIMITS = (1e-6, 100.0)
#: Noise draws kept on the device from chunk to chunk, about 20 MB each; further ones are redrawn.
KEPT_DRAWS = 8
MODES = {
    "absolute": "absolute: σ · N(0, 1) on every weight",
    "relative": "relative: σ · |w| · N(0, 1), blind to rescaling",
}
#: Which of W1, W2, W3 are noisy: the digits of the word.
LAYERS = ("123", "1", "2", "3", "12", "13", "23")


@dataclass(frozen=True)
class ParameterNoise(Measure):
    """Error with `W_l + σ N_l`, `N_l` ~ N(0, 1): one draw a seed, shared by all σ and conditions.

    Settings: σ from `noise_low` to `noise_high` at `points` scales; `mode` absolute, or relative to
    each weight's size (ASAM, Kwon et al. 2021); `layers`, the digits of the noisy weight matrices;
    `draws` of the noise a seed; `images` test images, in a shuffled order.
    """

    noise_low: float = 1e-4
    noise_high: float = 1.0
    points: int = 40
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

    def __post_init__(self):
        noise = check_noise_range(self.noise_low, self.noise_high, self.points, LIMITS)
        settle(self, images=check_images(self.images), **noise)
        check_choice("mode", self.mode, tuple(MODES))
        settle(self, draws=check_integer("draws", self.draws, 1, 64))
        check_choice("layers", self.layers, LAYERS)

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
        unit = "weight units" if self.mode == "absolute" else "relative to each weight"
        return (
            Axis(f"Parameter noise σ ({unit})", self.noise_low, self.noise_high, log=True),
            Axis("Test error", 0.01, 1.0, log=True, percent=True),
        )

    @property
    def chance(self) -> float:
        """See [`Measure.chance`][]."""
        return 0.9

    def noise(self, network: Network, key: Any, draw: int) -> Network:
        """The noise of one draw per unit of σ, shaped like the weights.

        Draw 0 is the notebook's: `N_l = normal(split(key, 3)[l])`. Rows of wider layers extend the
        draws of narrower ones, so conditions share as much of their noise as their shapes allow.
        """
        own = key if draw == 0 else jax.random.fold_in(key, draw)
        parts = []
        for number, (weight, part_key) in enumerate(
            zip(network, jax.random.split(own, 3), strict=True), start=1
        ):
            if str(number) not in self.layers:
                parts.append(jnp.zeros_like(weight))
                continue
            drawn = jax.random.normal(part_key, weight.shape)
            parts.append(drawn if self.mode == "absolute" else jnp.abs(weight) * drawn)
        return Network(*parts)

    def stream(
        self, networks: Sequence[Sequence[Network]], *, keys: Sequence[Any], key: Any
    ) -> Iterator[Curves | None]:
        """See [`Measure.stream`][]. Conditions of one seed draw from the same key."""
        del key
        data = mnist_test()
        sigmas = [jnp.float32(sigma) for sigma in (0.0, *self.x)]
        runs = [(seed, draw) for seed in range(len(keys)) for draw in range(self.draws)]
        errors = np.zeros((len(networks), len(keys), self.draws, len(sigmas)), np.int64)
        kept: dict[tuple[int, int], list[kernels.Shared]] = {}
        seen = 0
        for chunk in chunks(self.images):
            images = jnp.asarray(padded(data.images[chunk]))
            labels = jnp.asarray(padded(data.labels[chunk].astype(np.int32), kernels.PADDING))
            for seed, draw in runs:
                groups = kept.get((seed, draw))
                if groups is None:
                    groups = self._share([row[seed] for row in networks], keys[seed], draw)
                    if len(kept) < KEPT_DRAWS:
                        kept[seed, draw] = groups
                for group in groups:
                    p = kernels.pre_activation(group.w1, images)
                    q = kernels.pre_activation(group.n1, images)
                    counts = kernels.count_errors(group, p, q, sigmas, labels)
                    errors[list(group.members), seed, draw] += counts
                    yield None
            seen += len(chunk)
            yield [[_seed_curve(counts, seen) for counts in row] for row in errors]

    def _share(self, networks: list[Network], key: Any, draw: int) -> list[kernels.Shared]:
        return kernels.share(networks, [self.noise(network, key, draw) for network in networks])


def _seed_curve(counts: np.ndarray, images: int) -> SeedCurve:
    seen = np.full(counts.shape[1] - 1, images)
    return SeedCurve(counts[:, 1:].copy(), seen, int(counts[0, 0]), images)
