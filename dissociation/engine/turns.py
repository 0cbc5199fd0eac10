"""Whose turn it is: who has nothing to show, then who was passed over, then who had the least.

And now and then, whoever else there is, the oldest, so that something is finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dissociation.engine.job import Job

#: Seconds without a turn after which a job comes before those that have had less time. Visitors who
#: go on moving a control make new jobs for ever, each with less time than all that are under way.
PASSED_OVER = 2.0
#: Seconds that a job may take to its first result before others try theirs.
TRY = 2.0
#: Seconds that the oldest of the others is due for each that those had who have nothing to show or
#: were passed over, and from how many on it has them, one turn after the other. A busy class asks
#: for something new all the time: if that always came first, or all went on equally, no curve would
#: be completed, stored, and never asked for again. Seconds, not turns: theory's are much shorter.
SHARE, SAVED = 0.5, 1.0
_NEW, _WAITED, _LEAST_TIME = range(3)


def turn(job: Job, now: float) -> tuple[int, float, int]:
    """Order of turns at a moment of the scheduler's clock: the least comes first.

    Of jobs with nothing to show the oldest goes on until it has: taking turns, all of a class would
    see their first points when the last one does.
    """
    if job.step is None and job.task.handicap <= 0:
        return _NEW, job.seconds // TRY, job.number
    if now - job.turned > PASSED_OVER:
        return _WAITED, job.turned, job.number
    return _LEAST_TIME, job.seconds + job.task.handicap, job.number


class Turns:
    """Chooses who is next, and remembers what the oldest is due."""

    def __init__(self) -> None:
        self._due, self._rate = 0.0, 0.0
        self._paying = False

    def next(self, ready: Sequence[Job], now: float) -> Job | None:
        """Whose turn it is at a moment of the scheduler's clock."""
        first = min(ready, key=lambda job: turn(job, now), default=None)
        self._rate = 0.0
        if first is None or turn(first, now)[0] == _LEAST_TIME:
            self._due = 0.0
            return first
        # Older ones only: of what a lone visitor asks for, checks and theory come after the curve.
        older = [job for job in ready if job.number < first.number]
        others = [job for job in older if turn(job, now)[0] != _NEW]
        self._paying = self._due >= SAVED or (self._paying and self._due > 0)
        if others and self._paying:
            self._rate = -1.0
            return min(others, key=lambda job: job.number)
        self._rate = SHARE if others else 0.0
        return first

    def took(self, seconds: float) -> None:
        """Notes how long the turn was of whoever was chosen last."""
        self._due = min(self._due + self._rate * seconds, SAVED)
