"""Jobs that were dropped: paused for a while, so that whoever asks for the same goes on with them.

A class looks at one thing after another. What nobody waits for has no more turns, but to train the
same network from the start for each who comes by would leave it unfinished for ever. And the oldest
jobs are finished first: if each who comes back to an experiment was the youngest, what a class
comes back to over and over would never be finished. So a paused job keeps its place in line, and
what it has begun, as far as there is room.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dissociation.core.sizes import GIB
from dissociation.engine.executor import LOCAL, Executor
from dissociation.engine.job import Job
from dissociation.engine.settings import MEMORY
from dissociation.engine.task import Step, Steps, Task

#: Seconds for which jobs are paused, and how many at most; as many results, some kilobytes each.
KEPT, MOST = 120.0, 2_000
#: Of those, how many may hold what they have begun, and in which share of the lab's memory.
BEGUN, SHARE = 32, 0.1


class _Paused(NamedTuple):
    job: Job
    steps: Iterator[Steps] | None
    until: float


class Paused:
    """Paused jobs by what they compute. Not safe between threads: the scheduler's lock is.

    **Arguments:**

    - `executor`: where jobs are done. Of what was given away nothing but its place is kept.
    """

    def __init__(self, executor: Executor):
        self._numbers = itertools.count()
        self._kept: collections.OrderedDict[tuple[str, ...], _Paused] = collections.OrderedDict()
        self._here = executor is LOCAL
        # Results by digest, with the seconds that their job had taken.
        self._results: collections.OrderedDict[str, tuple[Any, float]] = collections.OrderedDict()

    @property
    def memory(self) -> float:
        """Bytes that paused jobs hold at most."""
        return sum(paused.job.task.memory for paused in self._begun().values())

    def _begun(self) -> dict[tuple[str, ...], _Paused]:
        return {name: paused for name, paused in self._kept.items() if paused.steps is not None}

    def put(self, job: Job, steps: Iterator[Steps] | None, now: float) -> None:
        """Pauses a job, unless nobody had asked for it yet."""
        if job.ahead:
            close(steps)
            return
        if self._here and job.task.resumes and job.step is not None:
            self._note(job.step.result, job.seconds)
        room = SHARE * MEMORY.value * GIB
        # Nothing of it may go on elsewhere; and it is little, or much to hold, without a result.
        begun = self._here and job.step is not None and job.news is None
        if steps is not None and not (begun and not job.task.resumes and job.task.memory <= room):
            close(steps)
            steps = None
        self._kept[job.task.digests] = _Paused(job, steps, now + KEPT)
        self._kept.move_to_end(job.task.digests)
        if steps is not None:
            self._make_room(room)
        while len(self._kept) > MOST:
            close(self._kept.popitem(last=False)[1].steps)

    def _note(self, results: Mapping[str, Any], seconds: float) -> None:
        for digest, found in results.items():
            self._results[digest] = found, seconds
            self._results.move_to_end(digest)
        while len(self._results) > MOST:
            self._results.popitem(last=False)

    def begun(self, task: Task) -> tuple[Step | None, float]:
        """What a new job for a task shows before any turn, and the seconds that this took."""
        known = {name: self._results[name] for name in task.digests if name in self._results}
        if not known:
            return None, 0.0
        seconds = max(spent for _, spent in known.values())
        step = task.resume({name: found for name, (found, _) in known.items()}, seconds)
        return step, 0.0 if step is None else seconds

    def _make_room(self, room: float) -> None:
        begun = self._begun()
        while len(begun) > BEGUN or sum(one.job.task.memory for one in begun.values()) > room:
            name = next(iter(begun))
            close(begun.pop(name).steps)
            self._kept[name] = self._kept[name]._replace(steps=None)

    def take(self, task: Task, now: float) -> Job | None:
        """A job that goes on where the last one for the same was paused; `None` without one."""
        paused = self._kept.get(task.digests)
        if paused is None or paused.steps is None:
            return None
        del self._kept[task.digests]
        old = paused.job
        job = Job(old.task, old.number, old.asked, turned=now, steps=paused.steps)
        job.step, job.seconds = old.step, old.seconds
        return job

    def place(self, task: Task, now: float) -> tuple[int, float]:
        """For a new job: the number of the last one for the same, and when it was asked for."""
        paused = self._kept.pop(task.digests, None)
        if paused is None or paused.until < now:
            return next(self._numbers), now
        return paused.job.number, paused.job.asked

    def forget(self, now: float) -> None:
        """Lets go what nobody has asked for in a long time."""
        while self._kept and next(iter(self._kept.values())).until < now:
            close(self._kept.popitem(last=False)[1].steps)


def close(steps: Any) -> None:
    """Ends what was begun, wherever it is."""
    with contextlib.suppress(Exception):
        steps.close()
