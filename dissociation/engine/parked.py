"""Work that was begun and dropped: kept for a while, so that whoever asks again goes on with it.

A class looks at one thing after another. What nobody waits for has no more turns, but to train the
same network from the start for each who comes by would leave it unfinished for ever.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from dissociation.core.sizes import GIB
from dissociation.engine.executor import LOCAL, Executor
from dissociation.engine.job import Job
from dissociation.engine.settings import MEMORY
from dissociation.engine.task import Steps, Task

#: Jobs that are kept at most, for how many seconds, and in which share of the lab's memory.
MOST, KEPT, SHARE = 32, 120.0, 0.1


class _Kept(NamedTuple):
    job: Job
    steps: Iterator[Steps]
    until: float


class Parked:
    """Dropped jobs by what they compute. Not safe between threads: the scheduler's lock is.

    **Arguments:**

    - `executor`: where they are done. Of what was given away nothing is kept.
    """

    def __init__(self, executor: Executor):
        self._kept: collections.OrderedDict[tuple[str, ...], _Kept] = collections.OrderedDict()
        self._here = executor is LOCAL

    @property
    def memory(self) -> float:
        """Bytes that the kept jobs hold at most."""
        return sum(kept.job.task.memory for kept in self._kept.values())

    def put(self, job: Job, steps: Iterator[Steps] | None, now: float) -> None:
        """Keeps what a job has begun, or lets it go if that is little, or much to hold."""
        if steps is None:
            return
        room = SHARE * MEMORY.value * GIB
        # Nothing of it may go on elsewhere.
        begun = job.step is not None and not job.ahead and job.news is None
        if self._here and begun and not job.task.resumes and job.task.memory <= room:
            self._kept[job.task.digests] = _Kept(job, steps, now + KEPT)
            while len(self._kept) > MOST or self.memory > room:
                close(self._kept.popitem(last=False)[1].steps)
        else:
            close(steps)

    def take(self, task: Task, now: float) -> Job | None:
        """A job that goes on where the last one for the same was dropped; `None` if none was."""
        kept = self._kept.pop(task.digests, None)
        if kept is None:
            return None
        old = kept.job
        job = Job(old.task, old.number, old.asked, turned=now, steps=kept.steps)
        job.step, job.seconds = old.step, old.seconds
        return job

    def forget(self, now: float) -> None:
        """Lets go what nobody has asked for in a long time."""
        for name in [name for name, kept in self._kept.items() if kept.until < now]:
            close(self._kept.pop(name).steps)


def close(steps: Any) -> None:
    """Ends what was begun, wherever it is."""
    with contextlib.suppress(Exception):
        steps.close()
