"""What a page of one study watches: its findings, stored or on their way."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Generic, TypeVar

from dissociation.core.networks.training import Recipe
from dissociation.core.phantom.study import PhantomStudy
from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.engine import jobs as j
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.task import Task
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message

F = TypeVar("F")


class StudyWatch(Watch, Generic[F]):
    """The findings of one study.

    **Arguments:**

    - `study`: on one network.
    - `stored`: its complete findings, if they are stored; otherwise `task` makes what finds them.

    `doing` is what is done first, before there is any sample, and then; in words.
    """

    doing: tuple[str, str]

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        study: PhantomStudy | NoiseDecomposition,
        stored: F | None,
        task: Callable[[], Task],
    ):
        super().__init__(library, jobs)
        self._network = study.recipe, study.seed
        self._stored = stored
        self._job: Job | None = None
        if self._stored is None:
            self._job = self._submit(task())

    def findings(self) -> F | None:
        """What is found so far; `None` if nothing."""
        if self._job is None:
            return self._stored
        step = self.jobs.snapshot(self._job).step
        return None if step is None else step.result

    @abc.abstractmethod
    def sample(self, found: F | None) -> str:
        """What findings rest on, in words; empty if on nothing yet."""

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return [self._network]

    def status(self) -> Status:
        """How far it is."""
        version = self.version
        snapshots = [] if self._job is None else [self.jobs.snapshot(self._job)]
        state = self._state(snapshots, waiting=TRAINING)
        done = sum(s.step.done / s.step.total for s in snapshots if s.step is not None)
        progress = 1.0 if state == j.DONE else min(done, 0.999)
        seconds = sum(s.seconds for s in snapshots)
        message = self._message(state, snapshots)
        return Status(version, state, message, progress, seconds, self._job is None)

    def _message(self, state: str, snapshots: list[j.JobSnapshot]) -> str:
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        if state == TRAINING:
            return "Training the network first"
        if state == j.QUEUED:
            return queue_message(snapshots)
        sample = self.sample(self.findings())
        if state == j.CANCELLED:
            return f"Cancelled at {sample}." if sample else "Cancelled."
        if state == j.DONE:
            return f"Complete: {sample}."
        first, then = self.doing
        return f"{then}: {sample}" if sample else first
