"""What a page of comparisons watches: the findings of each, stored or on their way."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.core.networks.training import Recipe
from dissociation.core.similarity.comparing import ComparisonResult, steps_of
from dissociation.core.similarity.comparison import Comparison
from dissociation.engine import jobs as j
from dissociation.engine.contrast_task import ContrastTask
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message


class ComparisonWatch(Watch):
    """The findings of several comparisons.

    **Arguments:**

    - `ahead`: what may be asked for next, most likely first; compared while the lab is idle.
    """

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        comparisons: Sequence[Comparison],
        ahead: Sequence[Comparison] = (),
    ):
        super().__init__(library, jobs)
        self.comparisons = list(comparisons)
        self._stored: dict[int, ComparisonResult] = {}
        self._jobs: dict[int, Job] = {}
        for number, comparison in enumerate(self.comparisons):
            found = library.findings(comparison)
            if found is not None:
                self._stored[number] = found
            else:
                self._jobs[number] = self._submit(ContrastTask(library, comparison))
        for comparison in ahead:
            self._offer(ContrastTask(library, comparison))

    def findings(self) -> list[ComparisonResult | None]:
        """What each comparison has found so far; `None` if nothing."""
        found: list[ComparisonResult | None] = []
        for number in range(len(self.comparisons)):
            if number in self._stored:
                found.append(self._stored[number])
                continue
            step = self.jobs.snapshot(self._jobs[number]).step
            found.append(None if step is None else step.result)
        return found

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return list(dict.fromkeys((s.recipe, s.seed) for c in self.comparisons for s in c.sides))

    def status(self) -> Status:
        """How far they are."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self._jobs.values()]
        state = self._state(snapshots, waiting=TRAINING)
        total = sum(map(steps_of, self.comparisons))
        done = sum(steps_of(self.comparisons[number]) for number in self._stored)
        done += sum(int(s.step.done) for s in snapshots if s.step is not None)
        progress = 1.0 if state == j.DONE else min(done / total, 0.999)
        seconds = sum(s.seconds for s in snapshots)
        return Status(
            version, state, self._message(state, snapshots), progress, seconds, not self._jobs
        )

    def _message(self, state: str, snapshots: Sequence[j.JobSnapshot]) -> str:
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        if state == j.QUEUED:
            return queue_message(snapshots)
        known = [found for found in self.findings() if found is not None]
        images = min((min(f.images.values()) for f in known if f.images), default=0)
        sample = f"{images:,} images" if images else "the first images"
        if state == TRAINING:
            first = "Training the networks first"
            return f"Comparing: {sample}; training the next network" if known else first
        words = {j.CANCELLED: f"Cancelled at {sample}.", j.DONE: f"Complete: {sample}."}
        return words.get(state, f"Comparing: {sample}")
