"""Whose turn it is: who has nothing to show, then who was passed over, then who had the least."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dissociation.engine.job import Job

#: Seconds without a turn after which a job comes before those that have had less time. Visitors who
#: go on moving a control make new jobs for ever, each with less time than all that are under way.
PASSED_OVER = 2.0
#: Seconds that a job may take to its first result before others try theirs.
TRY = 2.0


def turn(job: Job, now: float) -> tuple[int, float, int]:
    """Order of turns at a moment of the scheduler's clock: the least comes first.

    Of jobs with nothing to show the oldest goes on until it has: taking turns, all of a class would
    see their first points when the last one does.
    """
    if job.step is None and job.task.handicap <= 0:
        return 0, job.seconds // TRY, job.number
    if now - job.turned > PASSED_OVER:
        return 1, job.turned, job.number
    return 2, job.seconds + job.task.handicap, job.number
