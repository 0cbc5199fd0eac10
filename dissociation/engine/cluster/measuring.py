"""Curves on the cluster: a unit is one part of the measure on one network, all conditions of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator
from typing import Any

from dissociation.core.curves import MeasuredCurve, both, prepared
from dissociation.core.digests import digest
from dissociation.core.measures.base import PreparedMeasurement
from dissociation.core.study import Trained
from dissociation.engine import records
from dissociation.engine.cluster import units
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.remote_batch import Arrival, News, Unit, collect
from dissociation.engine.codec import decode
from dissociation.engine.store import DamagedEntry
from dissociation.engine.task import Steps
from dissociation.engine.tasks import StudyTask, trained_network

#: What one network's curves have counted, in the order of their studies.
_Found = list[MeasuredCurve]


def measured(task: StudyTask, link: Link, wake: Callable[[], None]) -> Iterator[Steps]:
    """What [`StudyTask.run`][] does with curves, on the cluster, and with the same ones.

    Parts are added in their order, whatever the order in which they come.
    """
    studies: tuple[Any, ...] = task.studies
    parts = studies[0].measure.parts
    plans = list(dict.fromkeys(plan for study in studies for plan in study.needs()))
    work = [unit for plan in plans for unit in _units(task, plan)]
    came: dict[int, _Found] = {}
    sums: dict[int, _Found] = {}
    following = [0] * len(plans)
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
            sums[position] = curves if known is None else list(map(both, known, curves))
            following[position] += 1
            if following[position] == parts:
                break
        if following[position] > before:
            by_digest = {one.study.digest(): one for row in sums.values() for one in row}
            yield task.step(by_digest, seconds, elsewhere=elsewhere)


def _units(task: StudyTask, plan: Trained) -> Iterator[Unit]:
    studies: list[Any] = [study for study in task.studies if study.needs() == (plan,)]
    network = trained_network(task.library, *plan)
    weights = task.library.weights(*plan)
    assert weights is not None
    digests = [study.digest((weights,)) for study in studies]

    @functools.cache
    def laid_out() -> PreparedMeasurement:
        return prepared(studies, lambda plan: network)[0]

    def here(number: int) -> Generator[None, None, _Found]:
        curves = yield from laid_out().part(number)
        found = zip(studies, curves, strict=True)
        return [MeasuredCurve(study, row[0], 1) for study, row in found]

    def read(results: list[bytes]) -> _Found:
        if len(results) != len(studies):
            raise DamagedEntry("another number of curves")
        found = zip(results, studies, strict=True)
        return [decode(raw, study, whole=False).result for raw, study in found]

    for number in range(studies[0].measure.parts):
        yield Unit(
            f"dissociation_part-{digest([digests, number])}",
            units.measure_part,
            ([study.to_json() for study in studies], digests, weights, number),
            read,
            functools.partial(here, number),
            weights,
            functools.partial(records.pack_network, network),
            # The first points of a new curve before the last ones of those that are under way.
            -number,
        )
