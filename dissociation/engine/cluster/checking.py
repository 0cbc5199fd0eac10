"""Function checks on the cluster: a unit is one network."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator

from dissociation.core.same_function import CheckedFunction
from dissociation.core.study import Study
from dissociation.engine import records
from dissociation.engine.cluster import units
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.remote_batch import Arrival, News, Unit, collect
from dissociation.engine.codec import decode
from dissociation.engine.task import Steps
from dissociation.engine.tasks import StudyTask, trained_network

#: Curves come first: of the parts of a measure, only its very last ones wait for checks.
PRIORITY = -5


def checked(task: StudyTask, link: Link, wake: Callable[[], None]) -> Iterator[Steps]:
    """What [`StudyTask.run`][] does with checks, on the cluster, and with the same ones."""
    work = [_unit(task, study) for study in task.studies]
    known: dict[str, CheckedFunction] = {}
    seconds = elsewhere = 0.0
    for found in collect(link, work, wake):
        if not isinstance(found, Arrival):
            if not isinstance(found, News):
                yield found
            continue
        seconds += found.seconds
        elsewhere += found.seconds * found.elsewhere
        known[task.digests[found.number]] = found.result
        yield task.step(known, seconds, elsewhere=elsewhere)


def _unit(task: StudyTask, study: Study) -> Unit:
    (plan,) = study.needs()
    network = trained_network(task.library, *plan)
    weights = task.library.weights(*plan)
    assert weights is not None
    name = study.digest((weights,))

    def here() -> Generator[None, None, CheckedFunction]:
        yield None
        return study.compute(network)

    def read(results: list[bytes]) -> CheckedFunction:
        (raw,) = results
        return decode(raw, study).result

    return Unit(
        f"dissociation_check-{name}",
        units.check_network,
        (study.to_json(), name, weights),
        read,
        here,
        weights,
        functools.partial(records.pack_network, network),
        PRIORITY,
    )
