"""Waiting for jobs to finish; for programs and tests, never for a page."""

from __future__ import annotations

import time
from collections.abc import Sequence

from dissociation.engine.job import Job, new_holder
from dissociation.engine.jobs import Jobs


def wait(jobs: Jobs, watched: Sequence[Job], *, timeout: float = 600.0) -> None:
    """Blocks until jobs are finished. **Raises:** `TimeoutError`."""
    deadline = time.monotonic() + timeout
    holder = new_holder()
    while not all(job.finished for job in watched):
        if time.monotonic() > deadline:
            raise TimeoutError("the jobs did not finish in time")
        for job in watched:
            jobs.renew(job, holder)
        time.sleep(0.02)
