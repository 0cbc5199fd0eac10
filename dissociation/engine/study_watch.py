"""What a page of studies watches: the result of each, stored or on its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissociation.core.networks.training import Recipe
from dissociation.core.study import Result, Study
from dissociation.engine import jobs as j
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.study_task import StudyTask
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message


class StudyWatch(Watch):
    """The results of some studies.

    **Arguments:**

    - `studies`: what is looked at.
    - `ahead`: what may be asked for next, most likely first; computed while the lab is idle.
    """

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        studies: Sequence[Study],
        ahead: Sequence[Study] = (),
    ):
        super().__init__(library, jobs)
        self.studies = list(studies)
        self._found: list[Result | Job] = []
        for study in self.studies:
            stored = library.result(study)
            self._found.append(stored or self._submit(StudyTask(library, study)))
        for study in ahead:
            self._offer(StudyTask(library, study))

    def results(self) -> list[Any]:
        """What each study has found so far; `None` if nothing."""
        return [self._result(found) for found in self._found]

    def _result(self, found: Result | Job) -> Result | None:
        if isinstance(found, Result):
            return found
        step = self.jobs.snapshot(found).step
        return None if step is None else step.result

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return list(dict.fromkeys(plan for study in self.studies for plan in study.needs()))

    def status(self) -> Status:
        """How far they are."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self.watched]
        state = self._state(snapshots, waiting=TRAINING)
        results = self.results()
        done = sum(found.progress for found in results if found is not None)
        progress = 1.0 if state == j.DONE else min(done / len(results), 0.999)
        seconds = sum(s.seconds for s in snapshots)
        message = self._message(state, snapshots, results)
        return Status(version, state, message, progress, seconds, not self.watched)

    def _message(
        self, state: str, snapshots: Sequence[j.JobSnapshot], results: Sequence[Result | None]
    ) -> str:
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        if state == j.QUEUED:
            return queue_message(snapshots)
        known = [found for found in results if found is not None]
        least = min(known, key=lambda found: found.progress, default=None)
        sample = "" if least is None else least.sample
        before, then = self.studies[0].doing
        doing = f"{then}: {sample}" if sample else before
        if state == TRAINING:
            first = "Training the network first"
            if len(self.networks) > 1:
                first = "Training the networks first"
            return f"{doing}; training the next network" if known else first
        if state == j.CANCELLED:
            return f"Cancelled at {sample}." if sample else "Cancelled."
        return f"Complete: {sample}." if state == j.DONE else doing
