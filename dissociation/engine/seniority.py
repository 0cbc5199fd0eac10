"""A job that was dropped keeps its place in line for a while, for whoever asks for it again.

The oldest jobs are finished first. If each who comes back to an experiment was the youngest, what a
class comes back to, and leaves, over and over would never be finished.
"""

from __future__ import annotations

import collections
import itertools
from typing import NamedTuple

from dissociation.engine.job import Job
from dissociation.engine.parked import KEPT
from dissociation.engine.task import Task

#: Places that are kept at most, as long as what was begun.
MOST = 2_000


class _Kept(NamedTuple):
    number: int
    asked: float
    until: float


class Seniority:
    """Numbers of jobs, in the order in which they were first asked for.

    Not safe between threads: the scheduler's lock is.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._kept: collections.OrderedDict[tuple[str, ...], _Kept] = collections.OrderedDict()

    def of(self, task: Task, now: float) -> tuple[int, float]:
        """For a new job: the number of the last one for the same, and when it was asked for."""
        kept = self._kept.pop(task.digests, None)
        if kept is None or kept.until < now:
            return next(self._numbers), now
        return kept.number, kept.asked

    def keep(self, job: Job, now: float) -> None:
        """Remembers a job that is dropped, unless nobody had asked for it yet."""
        if not job.ahead:
            self._kept[job.task.digests] = _Kept(job.number, job.asked, now + KEPT)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
