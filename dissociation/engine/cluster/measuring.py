"""Curves on the cluster: a unit is one part of the measure on one network, all conditions of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator

from dissociation.core.digests import digest
from dissociation.core.measures.base import PreparedMeasurement, SeedCurve, added
from dissociation.engine import records
from dissociation.engine.cluster import units
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.remote_batch import Arrival, News, Unit, collect
from dissociation.engine.store import DamagedEntry
from dissociation.engine.task import Steps
from dissociation.engine.tasks import MeasureTask, to_measure, trained_network


def measured(task: MeasureTask, link: Link, wake: Callable[[], None]) -> Iterator[Steps]:
    """What [`MeasureTask.run`][] does, on the cluster, and with the same curves.

    Parts are added in their order, whatever the order in which they come.
    """
    parts = task.experiments[0].measure.parts
    work = [unit for seed in task.seeds for unit in _units(task, seed)]
    came: dict[int, list[SeedCurve]] = {}
    sums: dict[int, list[SeedCurve]] = {}
    following = [0] * len(task.seeds)
    seconds = elsewhere = 0.0
    for found in collect(link, work, wake):
        if not isinstance(found, Arrival):
            if not isinstance(found, News):
                yield found
            continue
        seconds += found.seconds
        elsewhere += found.seconds * found.elsewhere
        came[found.number] = found.result
        position = found.number // parts
        before = following[position]
        while (curves := came.pop(position * parts + following[position], None)) is not None:
            known = sums.get(position)
            sums[position] = curves if known is None else list(map(added, known, curves))
            following[position] += 1
            if following[position] == parts:
                break
        if following[position] > before:
            yield task.step(_by_digest(task, sums), seconds, elsewhere=elsewhere)


def _by_digest(task: MeasureTask, sums: dict[int, list[SeedCurve]]) -> dict[str, SeedCurve]:
    seeds = len(task.seeds)
    return {
        task.digests[condition * seeds + position]: curve
        for position, curves in sums.items()
        for condition, curve in enumerate(curves)
    }


def _units(task: MeasureTask, seed: int) -> Iterator[Unit]:
    experiments, library = task.experiments, task.library
    first = experiments[0]
    network = trained_network(library, first.recipe, seed)
    weights = library.weights(first.recipe, seed)
    assert weights is not None
    plans = [experiment.to_json() for experiment in experiments]
    digests = [experiment.seed_digest(seed, weights) for experiment in experiments]

    @functools.cache
    def prepared() -> PreparedMeasurement:
        return first.measure.prepared(**to_measure(experiments, [network], (seed,)))

    def here(number: int) -> Generator[None, None, list[SeedCurve]]:
        curves = yield from prepared().part(number)
        return [row[0] for row in curves]

    def read(results: list[bytes]) -> list[SeedCurve]:
        if len(results) != len(experiments):
            raise DamagedEntry("another number of curves")
        points = len(first.measure.x)
        return [records.unpack_curve(raw, points).curve for raw in results]

    for number in range(first.measure.parts):
        yield Unit(
            f"dissociation_part-{digest([digests, number])}",
            units.measure_part,
            (plans, seed, digests, weights, number),
            read,
            functools.partial(here, number),
            weights,
            functools.partial(records.pack_network, network),
            # The first points of a new curve before the last ones of those that are under way.
            -number,
        )
