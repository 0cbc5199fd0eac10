"""Which jobs may have turns: those at work, and as many of those in line as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.engine.job import QUEUED, RUNNING, Job
from dissociation.engine.memory import that_fit

#: Jobs that hold arrays in memory at once, so that a class soon has points of all; more must wait,
#: and fewer fit where memory is small. What only adds to others begins while there are few, once
#: all that came before it is done, or when it has waited for so many seconds.
MAX_ACTIVE, FEW, LONG = 64, 16, 60.0


def admitted(jobs: Sequence[Job], now: float, beside: float = 0.0) -> list[Job]:
    """Those of some live jobs that may have their turns.

    **Arguments:**

    - `now`: by the scheduler's clock; `beside`: bytes that are held for others.
    """
    active = [job for job in jobs if job.state == RUNNING]
    queued = [job for job in jobs if job.state == QUEUED]
    back = [job for job in active if job.news is not None and job.news.is_set()]
    here = [job for job in active if job.news is None]
    queued.sort(key=lambda job: (job.task.penalty > 0, job.position))
    # Those that are out count, too: if the cluster goes away they all come back.
    begin = that_fit(active, queued, beside)
    room, late = FEW - len(active), now - LONG
    oldest = min((job.number for job in active), default=0)
    begin = [
        job
        for place, job in enumerate(begin)
        if job.task.penalty <= 0 or place < room or job.number < oldest or job.turned < late
    ]
    return back + (here + begin)[:MAX_ACTIVE]
