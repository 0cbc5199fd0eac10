"""What a page of studies watches: the result of each, stored or on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from dissociation.core.networks.training import Recipe
from dissociation.core.study import Result, Study
from dissociation.engine import jobs as j
from dissociation.engine.codec import Stored
from dissociation.engine.job import Job
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.tasks import StudyTask
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message


class Group(NamedTuple):
    """Studies that may be computed as one, where they are of one batch.

    - `first`: how many jobs for them, which only add to something else, come before what follows.
    """

    studies: Sequence[Study]
    first: int = 0


class Asked(Protocol):
    """A question of a page whose answer is made of the results of several studies.

    - `feature`: the name of its page, whose charts show the answer.
    """

    feature: str

    def groups(self) -> Sequence[Group]:
        """What it needs, in the order in which it is wanted."""
        ...

    def told(self, watch: StudyWatch, state: str) -> str:
        """In words, how far a watch for it is in that state; empty to say it as of any study."""
        ...


class StudyWatch(Watch):
    """The results of some studies.

    **Arguments:**

    - `groups`: what is looked at, in the order in which it is wanted.
    - `ahead`: what may be asked for next, most likely first; computed while the lab is idle.
    - `question`: whose groups they are, if they are of one.
    """

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        groups: Sequence[Group],
        ahead: Sequence[Study] = (),
        question: Asked | None = None,
    ):
        super().__init__(library, jobs)
        self.question = question
        self.studies = list(dict.fromkeys(study for group in groups for study in group.studies))
        self._names = {study: study.digest() for study in self.studies}
        self._stored: dict[str, Stored] = {}
        self._job_of: dict[str, Job] = {}
        for group in groups:
            self._start(group)
        self.all_stored = not self.watched
        for study in ahead:
            self._offer(StudyTask(library, study))

    @property
    def feature(self) -> str:  # type: ignore[override]
        """See [`Watch`][]."""
        return self.question.feature if self.question else ""

    def _start(self, group: Group) -> None:
        for study in group.studies:
            name = self._names[study]
            if (found := self.library.stored(study)) is not None:
                self._stored[name] = found
            elif (live := self.jobs.find(name)) is not None and not live.ahead:
                self._job_of[name] = live
                self._hold(live)
        started = 0
        # Again and again, because another visitor's job may turn up that computes only some.
        while missing := [s for s in group.studies if not self._begun(s)]:
            for batch in self._batches(missing):
                first = started < group.first
                started += 1
                task = StudyTask(self.library, *batch, first=first)
                job = self._submit(task, at_once=first)
                names = (self._names[study] for study in batch)
                self._job_of |= {name: job for name in names if name in job.task.digests}

    def _begun(self, study: Study) -> bool:
        name = self._names[study]
        return name in self._stored or name in self._job_of

    def _batches(self, studies: Sequence[Study]) -> Iterator[tuple[Study, ...]]:
        """What is of trained networks together, all else each as soon as they are trained."""
        alike: dict[tuple, list[Study]] = {}
        for study in studies:
            missing = tuple(plan for plan in study.needs() if not self.library.trained(*plan))
            alike.setdefault((type(study), missing), []).append(study)
        for kind, missing in sorted(alike, key=lambda key: bool(key[1])):
            yield from kind.batches(alike[kind, missing])

    def result(self, study: Study) -> Any:
        """What a study has found so far; `None` if nothing."""
        name = self._names[study]
        if name in self._stored:
            return self._stored[name].result
        step = self.jobs.snapshot(self._job_of[name]).step
        return None if step is None else step.result.get(name)

    def results(self) -> list[Any]:
        """What each study has found so far; `None` if nothing."""
        return [self.result(study) for study in self.studies]

    def job_of(self, study: Study) -> Job | None:
        """The job that computes a study; `None` if it was stored."""
        return self._job_of.get(self._names[study])

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return list(dict.fromkeys(plan for study in self.studies for plan in study.needs()))

    def status(self) -> Status:
        """How far they are."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self.watched]
        state = self._state(snapshots, waiting=TRAINING)
        # What only adds to others is no part of it.
        asked = [study for study in self.studies if study.penalty(None) <= 0]
        results = [self.result(study) for study in asked]
        done = sum(found.progress for found in results if found is not None)
        progress = 1.0 if state == j.DONE else min(done / max(len(results), 1), 0.999)
        seconds = sum(s.seconds for s in snapshots)
        seconds += sum(found.seconds for found in self._stored.values())
        message = self._message(state, snapshots, results)
        return Status(version, state, message, progress, seconds, self.all_stored)

    def _message(
        self, state: str, snapshots: Sequence[j.JobSnapshot], results: Sequence[Result | None]
    ) -> str:
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        if self.question is not None and (told := self.question.told(self, state)):
            return told
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
