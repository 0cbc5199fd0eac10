"""A predicted curve, and how it is streamed: few images and noise scales first.

The expected error of every image is averaged over the first images of `visiting_order()`. What
these images get wrong without noise is known exactly for all of a measure's images, so the mean is
shifted by the difference: without it, a curve from 512 images would lie beside the measured one of
10,000 where there is hardly any noise, by chance of the sample alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dissociation.core._lazy import jax
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Measure
from dissociation.core.networks.network import Network, logits, seed_key
from dissociation.core.networks.training import trained
from dissociation.core.runner import manipulated
from dissociation.core.theory.base import Prepared, check_squares
from dissociation.core.theory.methods import method_of
from dissociation.core.theory.noise_scales import between, coarse_scales, missing_scales

#: Images at once, and in all.
CHUNK, IMAGES = 64, 512
#: Standard error from which on further images would add nothing that is seen: where there is hardly
#: any noise, errors are what they are without it.
SURE = 5e-4


@dataclass(frozen=True)
class SeedPrediction:
    """The predicted curve of one network.

    - `errors`: `(S,)` float64 expected error over all draws of the noise, in [0, 1].
    - `sampling`: `(S,)` its standard error as one of all of the measure's images.
    - `images`: how many it is computed from, of `total`, where they are not sure to agree.
    """

    errors: np.ndarray
    sampling: np.ndarray
    images: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether it is computed from as many images as it ever will be."""
        return self.images >= self.total


@dataclass(frozen=True)
class Prediction:
    """The predicted curve of a condition: those of its networks over a common axis.

    - `x`: `(S,)` noise scales; `seeds`: one [`SeedPrediction`][] a network.
    """

    x: np.ndarray
    seeds: tuple[SeedPrediction, ...]

    @property
    def rates(self) -> np.ndarray:
        """`(seeds, S)` expected error of each network."""
        return np.stack([seed.errors for seed in self.seeds])

    @property
    def mean(self) -> np.ndarray:
        """`(S,)` mean over the networks."""
        return self.rates.mean(0)

    @property
    def images(self) -> int:
        """Images it is computed from: the least over the networks."""
        return min(seed.images for seed in self.seeds)


def stream_network(measure: Measure, network: Network) -> Iterator[SeedPrediction | None]:
    """The predicted curve of one network, coarse to fine.

    **Arguments:**

    - `measure`: input or parameter noise; `network`: as it is measured, rewritten already.

    **Returns:** an iterator of ever better predictions, the last one complete. `None` in between
    means nothing new, but a good moment to pause. **Raises:** `InvalidValue` for other measures.
    """
    run = _Run(measure, network)
    yield from run.preview()
    yield from run.first_images()
    yield from run.further_images()


def total_images(measure: Measure) -> int:
    """Images that a complete prediction is computed from."""
    return min(IMAGES, measure.images)


#: A network laid out, and some images as it needs them.
_Chunk = tuple[Prepared, Any]


class _Run:
    """One network's prediction on its way."""

    def __init__(self, measure: Measure, network: Network):
        method = method_of(measure)
        self._sigmas, self._network = method.measure.x, network
        self._preview = method.preview
        self._prepared: Prepared = method.prepare(network)
        self._total = total_images(measure)
        data = mnist_test()
        self._rows = visiting_order()[: measure.images]
        self._images, self._labels = data.images, data.labels.astype(np.int32)
        # Expected errors of images so far, by noise scale.
        self._found: dict[int, np.ndarray] = {}
        self._done = 0
        self._clean: np.ndarray | None = None

    def preview(self) -> Iterator[SeedPrediction | None]:
        """Where the curve rises, from few images; nothing of them is kept."""
        if 0 < self._preview < self._total:
            chunk = self._laid_out(self._prepared.anew(), self._rows[: self._preview])
            self._done = self._preview
            yield from self._add(coarse_scales(self._sigmas), chunk, self._preview)
            yield self._so_far()
            self._found.clear()

    def first_images(self) -> Iterator[SeedPrediction | None]:
        """Chooses the noise scales as it goes."""
        chunk, real = self._chunk(0)
        self._done = real
        wanted = coarse_scales(self._sigmas)
        while wanted:
            yield from self._add(wanted, chunk, real)
            yield self._so_far()
            scales = sorted(self._found)
            wanted = missing_scales(scales, [self._found[scale].mean() for scale in scales])

    def further_images(self) -> Iterator[SeedPrediction | None]:
        """The same noise scales on more images: twice as many from one to the next."""
        yield None
        answers = logits(self._network, self._images[self._rows]).argmax(1)
        self._clean = (answers != self._labels[self._rows]).astype(float)
        yield self._so_far()
        number = 1
        while self._done < self._total:
            chunk, real = self._chunk(number)
            unsure = [scale for scale in sorted(self._found) if self._mean(scale)[1] > SURE]
            yield from self._add(unsure, chunk, real)
            self._done += real
            number += 1
            if number & (number - 1) == 0 or self._done >= self._total:
                yield self._so_far()

    def _chunk(self, number: int) -> tuple[_Chunk, int]:
        rows = self._rows[number * CHUNK : min((number + 1) * CHUNK, self._total)]
        return self._laid_out(self._prepared, np.resize(rows, CHUNK)), len(rows)

    def _laid_out(self, prepared: Prepared, rows: np.ndarray) -> _Chunk:
        images, labels = self._images[rows], self._labels[rows]
        return prepared, prepared.chunk(jax.device_put(images), jax.device_put(labels))

    def _add(self, scales: list[int], chunk: _Chunk, real: int) -> Iterator[None]:
        prepared, images = chunk
        for scale in scales:
            found = prepared.errors(images, float(self._sigmas[scale]))[:real]
            check_squares(found)
            before = self._found.get(scale, np.zeros(0))
            self._found[scale] = np.concatenate([before, found.astype(np.float64)])
            yield None

    def _mean(self, scale: int) -> tuple[float, float]:
        """Mean error at a noise scale, and its standard error as one of all images."""
        values = self._found[scale]
        count, mean = len(values), values.mean()
        if self._clean is not None:
            own = self._clean[:count]
            mean, values = mean + self._clean.mean() - own.mean(), values - own
        # Nothing is left to sample where all images are in.
        left = 1 - count / len(self._rows)
        return mean, np.sqrt(left / count) * values.std()

    def _so_far(self) -> SeedPrediction:
        scales = sorted(self._found)
        means, sampling = np.transpose([self._mean(scale) for scale in scales])
        x = self._sigmas
        errors = between(x, scales, np.clip(means, 0.0, 1.0))
        spread = np.interp(np.log(x), np.log(x[scales]), sampling)
        return SeedPrediction(errors, spread, self._done, self._total)


def predicted_curve(experiment: Experiment, networks: list[Network] | None = None) -> Prediction:
    """The expected curve of an experiment over all draws of its noise, without drawing any.

    **Arguments:**

    - `experiment`: of input noise or parameter noise.
    - `networks`: its trained networks, one a seed; trained first if not given.

    **Raises:** `InvalidValue` for another measure.
    """
    run = experiment.canonical()
    method_of(run.measure)
    if networks is None:
        networks = [trained(run.recipe, seed_key(seed)) for seed in range(run.seeds)]
    seeds = []
    for network in manipulated(run, networks):
        *_, last = stream_network(run.measure, network)
        assert last is not None
        seeds.append(last)
    return Prediction(run.measure.x, tuple(seeds))
