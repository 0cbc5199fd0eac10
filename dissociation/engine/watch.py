"""What all charts watch in common: jobs on their way, leases, and a summary of their state.

A watch never waits. It is made from what is asked for, starts whatever is missing, and can be asked
at any time what is known so far. While it is renewed its jobs live; released, they are dropped
unless somebody else watches them too.
"""

from __future__ import annotations

import abc
import contextlib
import threading
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from dissociation.core.digests import training_digest
from dissociation.core.networks.training import Recipe
from dissociation.core.validation import InvalidValue
from dissociation.engine import jobs as j
from dissociation.engine.asker import asking
from dissociation.engine.job import Job, JobSnapshot, new_holder
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.memory import refuse_too_large
from dissociation.engine.records import History
from dissociation.engine.words import Status, dead_words

TRAINING = "training"
ORDER = (j.FAILED, j.CANCELLED, TRAINING, j.RUNNING, j.QUEUED)


class Watch(abc.ABC):
    """Common part of what is watched: jobs, leases and a summary of their state.

    Whose it is, is known of the thread that makes it, see
    [`asking`][dissociation.engine.asker.asking].

    Declaration (class attribute): `feature`, the name of the page whose charts show it, if it is
    one page's alone.
    """

    feature: ClassVar[str] = ""

    def __init__(self, library: Library, jobs: Jobs):
        self.library = library
        self.asker, self._other_tabs = asking()
        self.id = new_holder()
        self._holder = f"{self.asker.browser}/{self.id}" if self.asker else self.id
        self.jobs = jobs
        self.watched: list[Job] = []
        self._ahead: list[Job] = []
        self.cancelled = False
        self.seen = time.monotonic()
        self._lock = threading.Lock()
        self._version = 0
        self._last: Any = None
        self._histories: dict[tuple[Recipe, int], History] = {}

    def _submit(self, task: j.Task, *, at_once: bool = False) -> Job:
        # Of what is asked for, not of what adds to it.
        alike = sum(job.task.kind == task.kind for job in self.watched)
        try:
            refuse_too_large(task)
            job = self.jobs.submit(task, self._other_tabs + (0 if at_once else alike))
        except InvalidValue:
            # Nobody will look at what else this watch has asked for.
            self.release()
            raise
        self._hold(job)
        return job

    def _offer(self, task: j.Task) -> None:
        """Has a task done while nobody asks for anything, as long as this is watched."""
        with contextlib.suppress(InvalidValue):
            refuse_too_large(task)
            job = self.jobs.offer(task)
            if job is not None:
                self._ahead.append(job)
                self.jobs.renew(job, self._holder)

    def _hold(self, job: Job) -> None:
        if job not in self.watched:
            self.watched.append(job)
        self.jobs.renew(job, self._holder)

    def renew(self) -> None:
        """Says that somebody is still looking."""
        self.seen = time.monotonic()
        if not self.cancelled:
            for job in (*self.watched, *(job for job in self._ahead if job.ahead)):
                if not job.finished:
                    self.jobs.renew(job, self._holder)

    def release(self) -> None:
        """Says that nobody looks any more."""
        for job in (*self.watched, *self._ahead):
            self.jobs.release(job, self._holder)

    def cancel(self) -> None:
        """Gives up: what is known so far stays."""
        self.cancelled = True
        self.release()

    @property
    def version(self) -> int:
        """Grows whenever [`status`][Watch.status] or the results may have changed."""
        snapshots = [self.jobs.snapshot(job) for job in self.all_jobs()]
        now = [(snapshot.version, snapshot.position) for snapshot in snapshots]
        with self._lock:
            if (now, self.cancelled) != self._last:
                self._last = (now, self.cancelled)
                self._version += 1
            return self._version

    @property
    def company(self) -> int:
        """How many watches follow the job of this one that most do; at least this one."""
        return max((len(job.leases) for job in self.watched), default=1)

    @property
    def waits(self) -> bool:
        """Whether anything that is asked for now has nothing to show yet."""
        return any(
            job.step is None and job.task.penalty <= 0 and not job.finished for job in self.watched
        )

    @property
    @abc.abstractmethod
    def networks(self) -> Sequence[tuple[Recipe, int]]:
        """The trained networks that are looked at: recipe and seed of each."""

    @property
    def caveat(self) -> str:
        """In words, which of the networks are dead; empty while none is known to be."""
        for recipe, seed in self.networks:
            if (recipe, seed) not in self._histories and not self._in_training(recipe, seed):
                history = self.library.history(recipe, seed)
                if history is not None:
                    self._histories[recipe, seed] = history
        return dead_words(dict(self._histories))

    def _in_training(self, recipe: Recipe, seed: int) -> bool:
        # To ask for what is not there yet would read from the disk, each time.
        return self.jobs.find(training_digest(recipe, seed)) is not None

    @abc.abstractmethod
    def status(self) -> Status:
        """How far everything is."""

    def all_jobs(self) -> list[Job]:
        """The watched jobs and what they wait for."""
        found: list[Job] = []
        for job in self.watched:
            found.extend(need for need in job.needs if need not in found)
            found.append(job)
        return found

    def _state(self, snapshots: Sequence[JobSnapshot], *, waiting: str) -> str:
        states = {waiting if s.state == j.WAITING else s.state for s in snapshots}
        if self.cancelled and not states <= {j.DONE}:
            return j.CANCELLED
        return next((state for state in ORDER if state in states), j.DONE)
