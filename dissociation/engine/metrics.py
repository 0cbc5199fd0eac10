"""How the lab is: what it counts and what it holds right now, for machines that watch it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from dissociation.engine.bookkeeping import REGISTRY
from dissociation.engine.lab import Lab, lab
from dissociation.engine.settings import MAX_QUEUE

#: The text format that [`metrics_text`][] writes.
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _LabCollector:
    """What the lab of this process holds at the moment it is asked."""

    def collect(self) -> Iterable[Metric]:
        yield from _gauges(lab())

    def describe(self) -> Iterable[Metric]:
        # Asked at registration; without this the lab would be made then.
        return ()


def _gauges(now: Lab) -> Iterable[Metric]:
    jobs = GaugeMetricFamily("dissociation_jobs", "Live jobs.", labels=["state"])
    for state, count in now.jobs.counts().items():
        jobs.add_metric([state], count)
    yield jobs
    for name, about, value in (
        ("queue_limit", "Live jobs from which on others are refused.", MAX_QUEUE.value),
        ("watches", "Charts that are watched, or were a moment ago.", now.watches),
        ("rooms", "Rooms of classes that are open.", len(now.rooms)),
        (
            "store_trouble",
            "1 while results cannot be kept on disk.",
            bool(now.store.status_message),
        ),
        ("stuck_steps", "Steps that were given up and have not returned.", now.jobs.stuck),
        ("compute_alive", "1 while the compute thread has its turns.", now.jobs.alive),
    ):
        yield GaugeMetricFamily(f"dissociation_{name}", about, value=float(value))


REGISTRY.register(_LabCollector())
# Memory, processor time and open files, as every Prometheus dashboard knows them.
ProcessCollector(registry=REGISTRY)


def metrics_text() -> bytes:
    """Everything in Prometheus' text format 0.0.4."""
    return generate_latest(REGISTRY)


def health(now: Lab) -> dict[str, Any]:
    """Whether the lab can do its work, without a word about where.

    **Returns:** `status` (`ok`; `degraded` if results cannot be kept, or a step that was given up
    still takes its share of the machine; `down` if nothing is computed any more), `store` (the
    trouble, or nothing), `stuck`: how many such steps, and `queue`: live jobs by state, and their
    limit.
    """
    stuck = now.jobs.stuck
    status = "degraded" if now.store.status_message or stuck else "ok"
    return {
        "status": status if now.jobs.alive else "down",
        "store": now.store.status_message,
        "stuck": stuck,
        "queue": {**now.jobs.counts(), "limit": int(MAX_QUEUE.value)},
    }
