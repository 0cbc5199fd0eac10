"""What input noise and parameter noise have in common: noise scales, and how a curve is streamed.

A stream is coarse first: every sixth noise scale on a few images, then the others, then more
images at all of them. Work stops for breath every few noise scales, so a page in a hurry waits for
tenths of a second at most.
"""

from __future__ import annotations

import abc
import functools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32, Float64, Int64, Integer

from dissociation.core._lazy import jax
from dissociation.core.data.datasets import mnist_test
from dissociation.core.draws import Key, Keys
from dissociation.core.manipulations.base import Count, Option
from dissociation.core.measures import noise_kernels as kernels
from dissociation.core.measures.base import (
    Axis,
    Curves,
    Measure,
    PreparedMeasurement,
    SeedCurve,
    check_images,
    chunks,
    padded,
)
from dissociation.core.networks.network import Network
from dissociation.core.validation import InvalidValue, check_integer, check_number, set_frozen

#: Every so many noise scales make the first, coarse curve, and its ends.
COARSE = 6
#: Noise scales computed between two pauses.
SIGMAS_AT_ONCE = 8


@functools.lru_cache(maxsize=256)
def _spaced(low: float, high: float, points: int) -> Float64[np.ndarray, " n"]:
    found = np.logspace(np.log10(low), np.log10(high), points)
    found.setflags(write=False)
    return found


@dataclass(frozen=True)
class NoiseMeasure(Measure):
    """A measure over noise scales σ from `noise_low` to `noise_high`, log-spaced at `points`.

    Derived classes say where the noise goes. Declarations (class attributes), beside those of every
    measure: `limits`, the range in which both ends must lie; `typical`, a noise scale at which
    networks differ; `unit` of the noise, and what that means if it is not plain; `place`, on what
    the noise is, as a choice, and `added_to`, the same in a sentence; `options` and `counts`, the
    further fields.
    """

    noise_low: float = 0.1
    noise_high: float = 1.0
    points: int = 40

    limits: ClassVar[tuple[float, float]]
    typical: ClassVar[float]
    unit: ClassVar[str]
    unit_means: ClassVar[str] = ""
    place: ClassVar[str]
    added_to: ClassVar[str]
    options: ClassVar[dict[str, Option]] = {}
    counts: ClassVar[dict[str, Count]] = {}

    def __post_init__(self) -> None:
        set_frozen(self, images=check_images(self.images))
        low = check_number("noise_low", self.noise_low, *self.limits)
        high = check_number("noise_high", self.noise_high, *self.limits)
        if low >= high:
            raise InvalidValue("noise_low", low, f"give less than noise_high, {high:g}")
        points = check_integer("points", self.points, 2, 200)
        set_frozen(self, noise_low=low, noise_high=high, points=points)
        for field, option in self.options.items():
            option.check(field, getattr(self, field))
        for field, count in self.counts.items():
            set_frozen(self, **{field: count.check(field, getattr(self, field))})

    @property
    def x(self) -> Float64[np.ndarray, " n"]:
        """See [`Measure.x`][]: evenly spaced in the logarithm, ends included."""
        return _spaced(self.noise_low, self.noise_high, self.points)

    @property
    def total(self) -> Int64[np.ndarray, " n"]:
        """See [`Measure.total`][]."""
        return np.full(self.points, self.images)

    @property
    def noise_axis(self) -> str:
        """Title of the x axis, with its unit."""
        return f"{self.label} σ ({self.unit})"

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """See [`Measure.axes`][]."""
        return (
            Axis(self.noise_axis, self.noise_low, self.noise_high, log=True),
            Axis("Test error", 0.01, 1.0, log=True, percent=True),
        )

    @property
    def chance(self) -> float:
        """See [`Measure.chance`][]."""
        return 0.9

    @property
    def runs(self) -> int:
        """Noise draws a seed."""
        return 1

    @abc.abstractmethod
    def shared(self, networks: Sequence[Network], key: Key, run: int) -> list[kernels.Shared]:
        """The conditions of one seed, grouped by what they share, for one draw of the noise."""

    @abc.abstractmethod
    def preactivation_noise(
        self,
        group: kernels.Shared,
        images: Float32[Any, "n 784"],
        rows: Integer[np.ndarray, " real"],
        key: Key,
    ) -> Float32[Any, "n hidden1"]:
        """Noise on the first pre-activation per unit of σ, for a chunk of padded images."""

    @property
    def parts(self) -> int:
        """See [`Measure.parts`][]."""
        return len(_passes(self.images, self.points))

    def prepared(
        self, networks: Sequence[Sequence[Network]], *, keys: Keys, key: Key
    ) -> PreparedMeasurement:
        """See [`Measure.prepared`][]."""
        return _PreparedNoise(self, networks, keys, key)


class _PreparedNoise(PreparedMeasurement):
    def __init__(
        self,
        measure: NoiseMeasure,
        networks: Sequence[Sequence[Network]],
        keys: Keys,
        key: Key,
    ):
        self._measure, self._key = measure, key
        scales = np.array([0.0, *measure.x])
        self._order = coarse_first(len(scales))[0]
        self._sigmas = kernels.sigmas_on_device(scales[self._order])
        self._shape = (len(networks), len(networks[0]), measure.runs, len(scales))
        self._groups = _Groups(measure, networks, keys)

    def part(self, number: int) -> Generator[None, None, Curves]:
        """See [`PreparedMeasurement.part`][]: some noise scales on a chunk of images."""
        chunk, span = _passes(self._measure.images, self._measure.points)[number]
        data = mnist_test()
        images = jax.device_put(padded(data.images[chunk]))
        labels = jax.device_put(padded(data.labels[chunk].astype(np.int32), kernels.PADDING))
        errors = np.zeros(self._shape, np.int64)
        for seed, run, group in self._groups:
            p = kernels.pre_activation(images, group.w1)
            q = self._measure.preactivation_noise(group, images, chunk, self._key)
            for some in _parts(span):
                counts = kernels.count_errors(group, p, q, self._sigmas, some, labels)
                for member, found in zip(group.members, counts, strict=True):
                    errors[member, seed, run, self._order[slice(*some)]] += found
                yield None
        seen = np.zeros(self._shape[-1], np.int64)
        seen[self._order[slice(*span)]] = len(chunk)
        return [[_seed_curve(counts, seen) for counts in row] for row in errors]


@functools.lru_cache(maxsize=8)
def _passes(images: int, points: int) -> list[tuple[np.ndarray, tuple[int, int]]]:
    """A chunk of images and a span of noise scales each; of the first chunk, some scales first."""
    scales = points + 1
    coarse = coarse_first(scales)[1]
    first, *others = chunks(images)
    spans = [span for span in ((0, coarse), (coarse, scales)) if span[0] < span[1]]
    return [(first, span) for span in spans] + [(chunk, (0, scales)) for chunk in others]


def coarse_first(scales: int) -> tuple[Integer[np.ndarray, " {scales}"], int]:
    """`(scales,)` order in which noise scales are visited, and how many make the coarse curve.

    The first scale is the clean one; the coarse curve has it and both ends of the others.
    """
    coarse = np.unique([0, *range(1, scales, COARSE), scales - 1])
    rest = np.setdiff1d(np.arange(scales), coarse)
    return np.concatenate([coarse, rest]), len(coarse)


def _parts(span: tuple[int, int]) -> list[tuple[int, int]]:
    starts = range(span[0], span[1], SIGMAS_AT_ONCE)
    return [(start, min(start + SIGMAS_AT_ONCE, span[1])) for start in starts]


def _seed_curve(
    counts: Int64[np.ndarray, "draws scales"], seen: Int64[np.ndarray, " scales"]
) -> SeedCurve:
    return SeedCurve(counts[:, 1:].copy(), seen[1:].copy(), int(counts[0, 0]), int(seen[0]))


class _Groups:
    """What is shared for every seed and run, kept on the device while there is room."""

    #: Draws kept from chunk to chunk, about 20 MB each; further ones are drawn again.
    room = 8

    def __init__(self, measure: NoiseMeasure, networks: Sequence[Sequence[Network]], keys: Keys):
        self._measure, self._networks, self._keys = measure, networks, keys
        self._kept: dict[tuple[int, int], list[kernels.Shared]] = {}

    def __iter__(self) -> Iterator[tuple[int, int, kernels.Shared]]:
        for seed, key in zip(range(len(self._networks[0])), self._keys, strict=False):
            for run in range(self._measure.runs):
                groups = self._kept.get((seed, run))
                if groups is None:
                    own = [row[seed] for row in self._networks]
                    groups = self._measure.shared(own, key, run)
                    if len(self._kept) < self.room:
                        self._kept[seed, run] = groups
                for group in groups:
                    yield seed, run, group
