"""Function checks on the cluster: a unit is one network of an experiment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator

from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.engine import records
from dissociation.engine.cluster import units
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.remote_batch import Arrival, News, Unit, collect
from dissociation.engine.task import Steps
from dissociation.engine.tasks import CheckTask, check_of, trained_network

#: Curves come first: of the parts of a measure, only its very last ones wait for checks.
PRIORITY = -5


def checked(task: CheckTask, link: Link, wake: Callable[[], None]) -> Iterator[Steps]:
    """What [`CheckTask.run`][] does, on the cluster, and with the same checks."""
    work = [_unit(task, seed) for seed in range(task.experiment.seeds)]
    came: dict[int, FunctionCheck] = {}
    checks: tuple[FunctionCheck, ...] = ()
    elsewhere = 0.0
    for found in collect(link, work, wake):
        if not isinstance(found, Arrival):
            if not isinstance(found, News):
                yield found
            continue
        elsewhere += found.seconds * found.elsewhere
        came[found.number] = found.result
        before = len(checks)
        while len(checks) in came:
            checks = (*checks, came[len(checks)])
        if len(checks) > before:
            yield task.step(checks, elsewhere=elsewhere)


def _unit(task: CheckTask, seed: int) -> Unit:
    experiment, library = task.experiment, task.library
    network = trained_network(library, experiment.recipe, seed)
    weights = library.weights(experiment.recipe, seed)
    assert weights is not None

    def here() -> Generator[None, None, FunctionCheck]:
        yield None
        return check_of(experiment, network, seed)

    return Unit(
        f"dissociation_check-{task.digests[0]}-{seed}",
        units.check_network,
        (experiment.to_json(), seed, experiment.seed_digest(seed, weights), weights),
        _read,
        here,
        weights,
        functools.partial(records.pack_network, network),
        PRIORITY,
    )


def _read(results: list[bytes]) -> FunctionCheck:
    (packed,) = results
    (check,) = records.unpack_checks(packed)
    return check
