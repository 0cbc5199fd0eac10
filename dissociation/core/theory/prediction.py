"""A predicted curve, and how it is streamed: few images and noise scales first.

The expected error of every image is averaged over the first images of `visiting_order()`. What
these images get wrong without noise is known exactly for all of a measure's images, so the mean is
shifted by the difference: without it, a curve from 512 images would lie beside the measured one of
10,000 where there is hardly any noise, by chance of the sample alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float64, Real

from dissociation.core._lazy import jax
from dissociation.core.curve_memory import curve_bytes
from dissociation.core.data.datasets import mnist_test
from dissociation.core.data.sample import visiting_order
from dissociation.core.experiment import Experiment
from dissociation.core.measures import Measure, ParameterNoise
from dissociation.core.networks.network import Network, logits, seed_key
from dissociation.core.networks.training import trained
from dissociation.core.one_network import OneNetwork
from dissociation.core.runner import manipulated
from dissociation.core.study import Result
from dissociation.core.tables import Column, Table
from dissociation.core.theory.base import Prepared, check_squares
from dissociation.core.theory.methods import method_of, predictable
from dissociation.core.theory.noise_scales import between, coarse_scales, missing_scales
from dissociation.core.validation import set_frozen

#: Images at once, and in all.
CHUNK, IMAGES = 64, 512
#: Standard error from which on further images would add nothing that is seen: where there is hardly
#: any noise, errors are what they are without it.
SURE = 5e-4
#: Seconds by which measured curves are preferred, before there is a first prediction and after it:
#: to refine it there is time.
LATER, THEN = 1e-6, 3.0


@dataclass(frozen=True)
class SeedPrediction:
    """The predicted curve of one network.

    - `errors`: `(S,)` float64 expected error over all draws of the noise, in [0, 1].
    - `sampling`: `(S,)` its standard error as one of all of the measure's images.
    - `images`: how many it is computed from, of `total`, where they are not sure to agree.
    """

    errors: Float64[np.ndarray, " points"]
    sampling: Float64[np.ndarray, " points"]
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

    x: Real[np.ndarray, " S"]
    seeds: tuple[SeedPrediction, ...]

    @property
    def rates(self) -> Real[np.ndarray, "seeds S"]:
        """`(seeds, S)` expected error of each network."""
        return np.stack([seed.errors for seed in self.seeds])

    @property
    def mean(self) -> Real[np.ndarray, " S"]:
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


@dataclass(frozen=True)
class NetworkPrediction(OneNetwork):
    """What theory predicts of the curve of one network; see [`OneNetwork`][].

    - `measure`: of input noise or parameter noise. How many draws it takes makes no difference: the
        prediction is the mean over all there are.

    **Raises:** `InvalidValue` if there is no theory of it.
    """

    name = "theory"
    #: Raise it when a change to the theory changes numbers.
    version = 5

    measure: Measure = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        method_of(self.measure)
        if isinstance(self.measure, ParameterNoise):
            set_frozen(self, measure=dataclasses.replace(self.measure, draws=1))

    def stream(self, *networks: Network) -> Iterator[PredictedCurve | None]:
        """See [`Study.stream`][]."""
        (network,) = networks
        for found in stream_network(self.measure, self.rewritten(network)):
            yield None if found is None else PredictedCurve(self, found)

    def penalty(self, found: PredictedCurve | None) -> float:
        """See [`Study.penalty`][]."""
        # A preview is better than nothing, but not for long.
        first = found is None or found.prediction.images < min(CHUNK, found.prediction.total)
        return LATER if first else THEN

    def memory(self) -> float:
        """See [`Study.memory`][]."""
        return curve_bytes(self.measure, self.recipe, [self.manipulations], 1)


@dataclass(frozen=True)
class PredictedCurve(Result[NetworkPrediction]):
    """What theory has predicted so far.

    - `prediction`: the curve.

    **Raises:** `ValueError` if it is not at the measure's points.
    """

    study: NetworkPrediction
    prediction: SeedPrediction

    def __post_init__(self) -> None:
        if self.prediction.errors.shape != self.study.measure.x.shape:
            raise ValueError("a prediction of other points")

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]: of all images."""
        return self.prediction.images / self.prediction.total

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{self.prediction.images:,} images"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: a row a point."""
        measure, found = self.study.measure, self.prediction
        columns = (
            Column(measure.axes[0].title, measure.x),
            Column("expected_error", found.errors),
            Column("standard_error", found.sampling),
        )
        return {"theory": Table("Predicted by theory", columns)}


NetworkPrediction.result = PredictedCurve


def prediction_studies(experiment: Experiment) -> tuple[NetworkPrediction, ...]:
    """The predictions of an experiment's networks; none if there is no theory of its measure."""
    run = experiment.canonical()
    if not predictable(run.measure):
        return ()
    return NetworkPrediction.of_each(run, range(run.seeds), measure=run.measure)


def prediction_of(
    experiment: Experiment, found: Sequence[PredictedCurve | None]
) -> Prediction | None:
    """The predicted curve of an experiment, of networks of which anything is; `None` if of none."""
    known = tuple(one.prediction for one in found if one is not None)
    return Prediction(experiment.measure.x, known) if known else None
