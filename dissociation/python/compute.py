"""Results by way of the lab: computed if need be, and stored."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.watch import Watch
from dissociation.engine.words import Status
from dissociation.python import Failed
from dissociation.web.shell.answers import Part, Question

#: Called with the share that is done and a sentence.
Report = Callable[[float, str], None]
#: Seconds between two looks.
PAUSE = 0.1


class Outcome(NamedTuple):
    """Complete results in order, and whether nothing had to be computed for them."""

    results: list[Any]
    stored: bool


def compute(lab: Lab, question: Question, report: Report) -> Outcome:
    """Results, from the store or computed and stored, with all that a page shows beside them.

    **Raises:** `Failed` with the lab's words if a job failed.
    """
    found: dict[int, Any] = {}
    stored = True
    parts = question.parts()
    whole = sum(part.weight for part in parts)
    done = 0.0
    for part in parts:
        share = part.weight / whole

        def tell(status: Status, done: float = done, share: float = share) -> None:
            report(done + share * status.progress, status.message)

        outcome = _follow(lab, part, tell)
        found.update(zip(part.positions, outcome.results, strict=True))
        stored = stored and outcome.stored
        done += share
    report(1.0, "Stored already." if stored else "Complete.")
    return Outcome([found[position] for position in sorted(found)], stored)


def _follow(lab: Lab, part: Part, tell: Callable[[Status], None]) -> Outcome:
    while True:
        watch = part.watch(lab)
        try:
            status = until_done(watch, tell)
            if status.state == j.FAILED:
                raise Failed(status.message)
            if status.state == j.DONE:
                return Outcome(part.results(watch), status.stored)
            # The process was suspended (Ctrl-Z) for longer than a lease; what is missing is asked
            # for again.
        finally:
            lab.release(watch)


def until_done(watch: Watch, tell: Callable[[Status], None]) -> Status:
    """How a watch ended; `tell` is called with how far it is until then."""
    while not (status := watch.status()).finished:
        tell(status)
        time.sleep(PAUSE)
        watch.renew()
    return status
