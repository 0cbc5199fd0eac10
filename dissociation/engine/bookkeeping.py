"""What the engine notes of its work: counters for `/api/metrics`, and log lines.

Counters are of the process, as Prometheus wants them: they only grow. Nothing here is about
visitors; a job is known by its kind and by the digest of what it computes.
"""

from __future__ import annotations

import logging
from types import TracebackType

from prometheus_client import CollectorRegistry, Counter, disable_created_metrics

from dissociation.engine.log_lines import log_event
from dissociation.engine.task import Task

log = logging.getLogger("dissociation.engine.jobs")

STUCK = "a step did not return and was given up"
HIT, MISS, DAMAGED = "hit", "miss", "damaged"
# A line a counter that says when it began; a restart is told by the process's own start already.
disable_created_metrics()
#: Everything that this process counts.
REGISTRY = CollectorRegistry()
_STARTED = Counter("dissociation_jobs_started", "Jobs begun.", ["kind"], registry=REGISTRY)
_ENDED = Counter(
    "dissociation_jobs_ended", "Jobs that have ended.", ["kind", "state"], registry=REGISTRY
)
_SECONDS = Counter(
    "dissociation_compute_seconds", "Time spent computing.", ["kind"], registry=REGISTRY
)
_READS = Counter(
    "dissociation_store_reads",
    "Results looked up in the store: hit, miss or damaged.",
    ["compartment", "result"],
    registry=REGISTRY,
)


def note_start(task: Task) -> None:
    """A job begins."""
    _STARTED.labels(task.kind).inc()
    log_event(log, "job started", kind=task.kind, digest=task.digests[0])


def note_chunk(task: Task, seconds: float) -> float:
    """A job has had a turn of so many seconds. **Returns:** them."""
    _SECONDS.labels(task.kind).inc(seconds)
    return seconds


def note_end(task: Task, state: str, seconds: float) -> None:
    """A job has ended: done, failed or cancelled."""
    _ENDED.labels(task.kind, state).inc()
    fields = {"kind": task.kind, "digest": task.digests[0], "state": state}
    log_event(log, "job ended", **fields, seconds=round(seconds, 3))


def note_failure(task: Task, event: str) -> None:
    """A job has raised what it should not have; called where the exception is at hand."""
    fields = {"event": event, "kind": task.kind, "digest": task.digests[0]}
    log.exception("%s", event, extra={"fields": fields})


def note_stuck(task: Task, stack: TracebackType | None) -> None:
    """A step has not returned in time; `stack`: where it was when it was given up."""
    fields = {"event": STUCK, "kind": task.kind, "digest": task.digests[0]}
    where = (TimeoutError, TimeoutError(STUCK), stack)
    log.error("%s", STUCK, exc_info=where, extra={"fields": fields})


def note_read(compartment: str, result: str) -> None:
    """Something was looked up in the store."""
    _READS.labels(compartment, result).inc()
