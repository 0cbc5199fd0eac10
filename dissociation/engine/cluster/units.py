"""What a worker does. Plain values and bytes come in, bytes go out; no object of the lab travels.

A worker checks that it would do what the lab means: experiments and recipes come with their
digests, which cover the versions of the code, and weights come with theirs.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from dissociation.core.curves import MeasuredCurve, NetworkCurve, prepared
from dissociation.core.digests import training_digest
from dissociation.core.measures.base import PreparedMeasurement
from dissociation.core.networks.training import Recipe
from dissociation.core.same_function import SameFunction
from dissociation.core.study import Study
from dissociation.core.validation import NotFinite
from dissociation.engine import records
from dissociation.engine.cluster.prepared import PreparedMeasurements
from dissociation.engine.codec import encode
from dissociation.engine.priority import leave_cores_to_jax
from dissociation.engine.settings import cache_folder, keep_compiled_programs
from dissociation.engine.tasks import training

S = TypeVar("S", bound=Study)
_prepared = PreparedMeasurements()


class OtherCode(RuntimeError):
    """The worker's code is not that of the lab."""

    def __init__(self) -> None:
        super().__init__("the worker has another version of the lab")


@functools.cache
def _prepare() -> None:
    keep_compiled_programs(cache_folder())
    leave_cores_to_jax()


def _unit(work: Callable[..., list[bytes]]) -> Callable[..., dict[str, Any]]:
    """Adds the seconds it took to what a unit returns; what it raises can be read without it.

    Numbers that are none are told of as a result: they would be the same in the lab.
    """

    @functools.wraps(work)
    def done(*arguments: Any) -> dict[str, Any]:
        begin = time.perf_counter()
        try:
            _prepare()
            results = work(*arguments)
        except NotFinite as problem:
            # It would be the same everywhere.
            return {"seconds": time.perf_counter() - begin, "refused": str(problem)}
        except Exception as problem:
            raise RuntimeError(f"{type(problem).__name__}: {problem}") from None
        return {"seconds": time.perf_counter() - begin, "results": results}

    return done


def hold(raw: bytes) -> bytes:
    """Keeps the bytes of a network on the worker, for the units that name it."""
    return raw


@_unit
def measure_part(
    studies: list[dict[str, Any]], digests: list[str], weights: str, number: int, raw: bytes
) -> list[bytes]:
    """Measures one part of the curves of one network.

    **Arguments:**

    - `studies`: described by `to_json`, measured together; `digests`: of their curves.
    - `weights`, `raw`: the network, as the digest of its weights and their bytes.
    - `number`: which part of the measure.

    **Returns:** one encoded result a study: what this part alone counts.
    """
    plans = _read(NetworkCurve, studies, digests, weights)

    def laid_out() -> tuple[PreparedMeasurement, int]:
        network = records.unpack_network(raw, weights)
        return prepared(plans, lambda plan: network)

    curves = exhaust(_prepared.get(" ".join(digests), laid_out).part(number))
    found = zip(plans, curves, strict=True)
    return [encode(MeasuredCurve(plan, row[0], 1)) for plan, row in found]


def _read(
    kind: type[S], studies: list[dict[str, Any]], digests: list[str], weights: str
) -> list[S]:
    plans = [kind.from_json(values) for values in studies]
    if [plan.digest((weights,)) for plan in plans] != digests:
        raise OtherCode
    return plans


def exhaust(steps: Any) -> Any:
    """What a generator returns, without its pauses."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@_unit
def check_network(study: dict[str, Any], digest: str, weights: str, raw: bytes) -> list[bytes]:
    """Checks whether a rewritten network computes what the trained one does.

    **Arguments:** as of [`measure_part`][], of one study.

    **Returns:** the encoded result.
    """
    (plan,) = _read(SameFunction, [study], [digest], weights)
    return [encode(plan.compute(records.unpack_network(raw, weights)))]


@_unit
def train_network(recipe: dict[str, Any], seed: int, digest: str, topic: str) -> list[bytes]:
    """Trains one network; publishes each state, without its weights, under a topic as it goes.

    **Arguments:**

    - `recipe`: its settings; `digest`: of the training.

    **Returns:** the packed network and history.
    """
    plan = Recipe(**recipe)
    if training_digest(plan, seed) != digest:
        raise OtherCode
    say = _speaker(topic)
    packed: list[bytes] = []
    for history, network in training(plan, seed):
        lists = (history.epochs, history.losses, history.errors, history.images)
        say([*(float(values[-1]) for values in lists), history.seconds])
        if network is not None:
            packed = [records.pack_network(network), records.pack_history(history)]
    return packed


def _speaker(topic: str) -> Callable[[Any], None]:
    from distributed import get_worker

    with contextlib.suppress(ValueError):
        return functools.partial(get_worker().log_event, topic)
    # Not on a worker: nobody listens.
    return lambda _: None
