"""A job: one task on its way, and what it has published so far."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dissociation.engine.task import Step, Steps, Task

QUEUED, WAITING, RUNNING = "queued", "waiting", "running"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
FINISHED = (DONE, FAILED, CANCELLED)


@dataclass(eq=False)
class Job:
    """One task on its way. Read it through [`Jobs.snapshot`][]."""

    task: Task
    number: int
    # When it was asked for first, and after how many others of whoever asked.
    asked: float = 0.0
    position: int = 0
    needs: tuple[Job, ...] = ()
    # Those it waits for, too, but does not need: they may fail, or be dropped.
    after: tuple[Job, ...] = ()
    state: str = QUEUED
    version: int = 0
    step: Step | None = None
    error: str = ""
    seconds: float = 0.0
    turned: float = 0.0
    # Seconds of its last turn.
    last: float = 0.0
    leases: dict[str, float] = field(default_factory=dict)
    # Of those who have submitted it and not yet told who they are.
    unclaimed: list[float] = field(default_factory=list)
    steps: Iterator[Steps] | None = None
    # Set once there is news of what it has given away; `None` if it has its turn here.
    news: threading.Event | None = None
    dependants: list[Job] = field(default_factory=list)
    # Whether nobody has asked for it yet.
    ahead: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing more will be published."""
        return self.state in FINISHED

    def visitors(self) -> set[str]:
        """Names of those who watch it, or what needs it."""
        own = {holder.partition("/")[0] for holder in self.leases}
        return own.union(*(other.visitors() for other in self.dependants))


class JobSnapshot(NamedTuple):
    """What a job has published so far."""

    version: int
    state: str
    step: Step | None
    error: str
    seconds: float
    position: int


def new_holder() -> str:
    """An unguessable name for a watcher."""
    return secrets.token_urlsafe(16)
