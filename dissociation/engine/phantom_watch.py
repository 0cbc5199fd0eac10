"""What the Phantom page watches: the findings of one study, stored or on their way."""

from __future__ import annotations

from dissociation.engine import jobs as j
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.phantom_task import PhantomTask
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message
from dissociation.phantoms import PhantomFindings, PhantomStudy


class PhantomWatch(Watch):
    """The findings of one study."""

    def __init__(self, library: Library, jobs: Jobs, study: PhantomStudy):
        super().__init__(jobs)
        self.study = study
        self._stored = library.phantom(study)
        self._job: Job | None = None
        if self._stored is None:
            self._job = self._submit(PhantomTask(library, study))

    def findings(self) -> PhantomFindings | None:
        """What is found so far; `None` if nothing."""
        if self._job is None:
            return self._stored
        step = self.jobs.snapshot(self._job).step
        return None if step is None else step.result

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
        found = self.findings()
        count = 0 if found is None else len(found.legibility)
        draws = "1 draw of noise" if count == 1 else f"{count} draws of noise"
        words = {j.CANCELLED: f"Cancelled at {draws}.", j.DONE: f"Complete: {draws}."}
        return words.get(state, f"Adding noise: {draws}" if count else "Solving for the picture")
