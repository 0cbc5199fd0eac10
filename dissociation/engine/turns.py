"""Whose turn it is: who has nothing to show, then who was passed over, then who had the least.

And now and then, whoever else there is, one that came before, so that something is finished.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from dissociation.engine.job import QUEUED, RUNNING, Job

#: Seconds without a turn after which a job comes before those that have had less time. Visitors who
#: go on moving a control make new jobs for ever, each with less time than all that are under way.
PASSED_OVER = 2.0
#: Seconds that a job may take to its first result before others try theirs; then as much again, and
#: so on: what is quickly shown does not wait for what takes long to show anything.
TRY = 0.5
#: Seconds for which places in line are right enough, unless jobs come or go.
LINED_UP = 0.2
#: How many times as much time one has had beside whom a job is a small one. Those have turns as
#: often, and as much time, as all others.
MUCH_LESS = 4.0
_NEW, _WAITED, _LEAST_TIME = range(3)
#: Seconds that others are due for each that those had who have nothing to show, or were passed
#: over, and from how many on one of them has turns until it has had them. A busy class asks for
#: something new all the time: if that always came first, or all went on equally, no curve would be
#: completed, stored, and never asked for again. Seconds, not turns: theory's are much shorter.
SHARE, SAVED = {_NEW: 0.5, _WAITED: 2.0}, 1.0


def tries(job: Job) -> int:
    """How many times a job has tried to show something, each for twice as long; -1 in the first."""
    return math.floor(math.log2(max(job.seconds / TRY, 0.5)))


def turn(job: Job, now: float) -> tuple[int, float, float, int]:
    """Order of turns at a moment of the scheduler's clock: the least comes first.

    Of jobs with nothing to show everyone's first come before anyone's second, and of those the
    oldest goes on until it has: taking turns, all of a class would see their first points when the
    last one does.
    """
    if job.step is None and job.task.penalty <= 0:
        return _NEW, job.position, tries(job), job.number
    if now - job.turned > PASSED_OVER:
        return _WAITED, job.turned, job.position, job.number
    return _LEAST_TIME, _had(job), job.position, job.number


def _had(job: Job) -> float:
    return job.seconds + job.task.penalty


def left(job: Job) -> float:
    """Seconds that a job will still take, as far as can be told from what it took so far."""
    if job.step is None or job.step.done <= 0:
        return max(job.seconds, job.task.penalty, 1.0)
    return job.seconds * max(job.step.total / job.step.done - 1, 0.0)


def urgency(job: Job, now: float) -> float:
    """How long a job was asked for, over how long it will still take.

    What is soon done comes soon, and what takes long in the end: of all orders that know only this,
    "highest response ratio next" (Hansen 1971) has short waits without leaving anyone for ever.
    """
    return (now - job.asked) / max(left(job), 1e-3)


def smaller(some: Sequence[Job], first: Job, ready: Sequence[Job]) -> list[Job]:
    """Those that had much less time than the first, or than all that its visitors wait for.

    Somebody else's come before the visitors' own: who asks for twenty things at once has something
    new for most of the time. Their own come after its first points, unless they have some to show.
    """
    visitors = first.visitors()
    own = {job for job in ready if not visitors or visitors & job.visitors()}
    theirs = sum(job.seconds for job in own) if visitors else 0.0
    small = [
        job
        for job in some
        if (job.step is not None and MUCH_LESS * _had(job) < first.seconds)
        or (job not in own and MUCH_LESS * job.seconds < theirs)
    ]
    return sorted(small, key=lambda job: (job in own, _had(job), job.number))


class Turns:
    """Chooses who is next, and remembers what others are due."""

    def __init__(self) -> None:
        self._due, self._rate = 0.0, 0.0
        self._small_due, self._small_rate = 0.0, 0.0
        self._paying = False

    def next(self, ready: Sequence[Job], now: float) -> Job | None:
        """Whose turn it is at a moment of the scheduler's clock."""
        first = min(ready, key=lambda job: turn(job, now), default=None)
        self._rate = self._small_rate = 0.0
        if first is None or turn(first, now)[0] == _LEAST_TIME:
            self._due = 0.0
            return first
        kind = turn(first, now)[0]
        begun = [job for job in ready if turn(job, now)[0] != _NEW]
        small = smaller(begun, first, ready)
        self._small_rate = float(bool(small))
        if small and self._small_due > 0:
            self._small_rate = -1.0
            return small[0]
        # Older ones only: of what a lone visitor asks for, checks and theory come after the curve.
        others = [job for job in begun if job.number < first.number]
        self._paying = self._due >= SAVED or (self._paying and self._due > 0)
        if others and self._paying:
            self._rate = -1.0
            return max(
                others, key=lambda job: (urgency(job, now) / (1 + job.position), -job.number)
            )
        if others:
            # What takes long to show anything has a smaller and smaller share of the time.
            self._rate = SHARE[kind] * (max(1, 1 + tries(first)) if kind == _NEW else 1)
        elif kind == _WAITED and self._due > 0:
            self._rate = -1.0
        return first

    def took(self, seconds: float) -> None:
        """Notes how long the turn was of whoever was chosen last."""
        self._due = min(self._due + self._rate * seconds, SAVED)
        self._small_due = min(self._small_due + self._small_rate * seconds, SAVED)


class Line:
    """How many come before each job; every page of a class asks, many times between two chunks."""

    def __init__(self) -> None:
        self._places: dict[Job, int] | None = None
        self._made = 0.0

    def forget(self) -> None:
        """Says that jobs have come or gone."""
        self._places = None

    def position(
        self,
        job: Job,
        ready: Callable[[], Sequence[Job]],
        asked: Callable[[], Sequence[Job]],
        now: float,
    ) -> int:
        """The place of a job at a moment of the scheduler's clock.

        **Arguments:**

        - `ready`: gives the jobs that may have turns; `asked`: all that somebody has asked for.
        """
        if self._places is None or now - self._made > LINED_UP:
            self._made, self._places = now, {}
            for place, first in enumerate(sorted(ready(), key=lambda job: turn(job, now))):
                self._places[first] = place
            before = 0
            for other in asked():
                self._places.setdefault(other, before)
                before += other.state in (QUEUED, RUNNING)
        return self._places.get(job, 0)
