"""A curve as a study: one measure on one network, trained and then rewritten.

What an experiment asks for are the studies of its networks. Studies that differ in nothing but
networks and rewrites are measured together: they share noise and as much arithmetic as they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dissociation.core.curve_memory import curve_bytes
from dissociation.core.experiment import Experiment, noise_key
from dissociation.core.measures import Measure, Transfer
from dissociation.core.measures.base import Curve, PreparedMeasurement, SeedCurve, added
from dissociation.core.networks.network import Network, seed_key
from dissociation.core.one_network import OneNetwork
from dissociation.core.study import Result, Trained
from dissociation.core.tables import Column, Table

#: Fewest images of a budget, where there is too little memory for all.
_LEAST_IMAGES = 100


@dataclass(frozen=True)
class NetworkCurve(OneNetwork):
    """The curve of one network; see [`OneNetwork`][].

    - `measure`: with its settings. `key` is of its noise, too.
    """

    name = "curve"
    doing = ("Measuring: preparing the networks", "Measuring")
    resumes = True

    measure: Measure = field(kw_only=True)

    @classmethod
    def batches(cls, studies: Sequence[NetworkCurve]) -> list[tuple[NetworkCurve, ...]]:
        """See [`Study.batches`][]: of one batch all rewrites are of the same networks."""
        together: dict[tuple, list[NetworkCurve]] = {}
        for row in super().batches(studies):
            plan = row[0].measure, row[0].recipe, row[0].key
            together.setdefault((*plan, tuple(_seeds(row))), []).extend(row)
        return [tuple(found) for found in together.values()]

    def stream(self, *networks: Network) -> Iterator[MeasuredCurve | None]:
        """See [`Study.stream`][]: some points of few images first."""
        plans = dict(zip(self.needs(), networks, strict=True))
        for found in self.stream_together([self], plans.__getitem__):
            yield None if found is None else found[0]

    @classmethod
    def stream_together(
        cls,
        studies: Sequence[NetworkCurve],
        network_of: Callable[[Trained], Network],
        begun: Sequence[MeasuredCurve] = (),
    ) -> Iterator[tuple[MeasuredCurve, ...] | None]:
        """See [`Study.stream_together`][]."""
        parts, curves = 0, []
        seeds = _seeds(studies)
        if begun:
            parts = begun[0].parts
            curves = _rows([found.curve for found in begun], seeds)
            yield tuple(begun)
        measure = studies[0].measure
        arguments = _arguments(studies, network_of)
        for news in measure.stream(**arguments, begun=(parts, curves)):
            if news is None:
                yield None
                continue
            parts += 1
            flat = (curve for row in news for curve in row)
            together = zip(studies, flat, strict=True)
            yield tuple(MeasuredCurve(study, curve, parts) for study, curve in together)

    @classmethod
    def held_together(cls, studies: Sequence[NetworkCurve]) -> tuple[NetworkCurve, ...]:
        """See [`Study.held_together`][]."""
        return tuple(studies)

    def memory(self) -> float:
        """See [`Study.memory`][]."""
        return self.memory_together([self])

    @classmethod
    def memory_together(cls, studies: Sequence[NetworkCurve]) -> float:
        """See [`Study.memory_together`][]."""
        first, seeds = studies[0], _seeds(studies)
        rewrites = [study.manipulations for study in studies[:: len(seeds)]]
        return curve_bytes(first.measure, first.recipe, rewrites, len(seeds))

    def smaller(self) -> dict[str, Sequence[int]]:
        """See [`Study.smaller`][]."""
        if not isinstance(self.measure, Transfer):
            return {}
        least = _LEAST_IMAGES * self.measure.points
        return {"images": range(least, self.measure.images, _LEAST_IMAGES)}


def _seeds(studies: Sequence[NetworkCurve]) -> list[int]:
    return list(dict.fromkeys(study.seed for study in studies))


def _rows(flat: Sequence[SeedCurve], seeds: Sequence[int]) -> list[list[SeedCurve]]:
    starts = range(0, len(flat), len(seeds))
    return [list(flat[start : start + len(seeds)]) for start in starts]


def _arguments(
    studies: Sequence[NetworkCurve], network_of: Callable[[Trained], Network]
) -> dict[str, Any]:
    """Rewritten networks of a batch, with keys: arguments of its measure."""
    seeds, key = _seeds(studies), noise_key(studies[0].key)
    rows = [studies[start : start + len(seeds)] for start in range(0, len(studies), len(seeds))]
    return {
        "networks": [
            [study.rewritten(network_of(plan)) for study in row for plan in study.needs()]
            for row in rows
        ],
        "keys": [seed_key(seed, key) for seed in seeds],
        "key": key,
    }


def prepared(
    studies: Sequence[NetworkCurve], network_of: Callable[[Trained], Network]
) -> tuple[PreparedMeasurement, int]:
    """A batch laid out to be measured in parts, and the bytes of its rewritten networks."""
    arguments = _arguments(studies, network_of)
    size = sum(np.asarray(w).nbytes for row in arguments["networks"] for n in row for w in n)
    return studies[0].measure.prepared(**arguments), size


@dataclass(frozen=True)
class MeasuredCurve(Result[NetworkCurve]):
    """What a [`NetworkCurve`][] has counted so far.

    - `curve`: the counts; `parts`: of how many of the measure's parts.

    **Raises:** `ValueError` if the counts are not at the measure's points.
    """

    study: NetworkCurve
    curve: SeedCurve
    parts: int

    def __post_init__(self) -> None:
        points = self.study.measure.total.shape
        if self.curve.images.shape != points or self.curve.errors.shape[1:] != points:
            raise ValueError("a curve of other points")

    @property
    def progress(self) -> float:
        """See [`Result.progress`][]: of all predictions."""
        return float(self.curve.images.sum() / self.study.measure.total.sum())

    @property
    def sample(self) -> str:
        """See [`Result.sample`][]."""
        return f"{self.curve.images.max():,} images"

    def tables(self) -> dict[str, Table]:
        """See [`Result.tables`][]: a row a point."""
        measure, curve = self.study.measure, self.curve
        columns = (
            Column(measure.axes[0].title, measure.x),
            Column("error", curve.rates.mean(0)),
            Column("errors", curve.errors.sum(0)),
            Column("predictions", curve.images * len(curve.errors)),
        )
        return {"curve": Table(measure.label, columns)}


NetworkCurve.result = MeasuredCurve


def both(first: MeasuredCurve, second: MeasuredCurve) -> MeasuredCurve:
    """The counts of two results of one study, which are of different parts, as one."""
    curve = added(first.curve, second.curve)
    return MeasuredCurve(first.study, curve, first.parts + second.parts)


def curve_studies(
    experiment: Experiment, seeds: Sequence[int] | None = None
) -> tuple[NetworkCurve, ...]:
    """The curves of an experiment's networks; those of exact rewrites are the trained ones'.

    **Arguments:**

    - `seeds`: the numbers of the networks, if not all of it are wanted.
    """
    run = experiment.canonical()
    wanted = range(run.seeds) if seeds is None else seeds
    return NetworkCurve.of_each(run, wanted, measure=run.measure)


def curve_of(
    experiment: Experiment, found: Mapping[int, MeasuredCurve], *, whole: bool = False
) -> Curve | None:
    """The curve of an experiment, of those networks of which anything is known; `None` if of none.

    **Arguments:**

    - `found`: by the numbers of the networks, in order; `whole`: whether these are all there are.
    """
    if not found:
        return None
    measure, seeds = experiment.measure, tuple(one.curve for one in found.values())
    return Curve(measure.x, seeds, measure.total, () if whole else tuple(found))
