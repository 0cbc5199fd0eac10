"""Sees to it that no step keeps the lab: one that does not return is given up.

A thread cannot be ended from outside. The one that is stuck is left to itself, another goes on with
the next job, and what the stuck one may still find is dropped: it can store nothing any more.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from dissociation.engine.bookkeeping import note_stuck
from dissociation.engine.compute_thread import ComputeThread
from dissociation.engine.in_turns import InTurns
from dissociation.engine.job import Job
from dissociation.engine.settings import STEP_LIMIT

#: Seconds between two looks, and looks that a step is given at least.
LOOK, LOOKS = 1.0, 5


class Turn(NamedTuple):
    """One step on its way: of which job, on which thread."""

    job: Job
    thread: threading.Thread


class Watchdog(threading.Thread):
    """Looks at the step under way until it is told to stop.

    Time is counted in looks: a process that was suspended, by Ctrl-Z say, has not taken any.

    **Arguments:**

    - `give_up`: called with a turn that has taken longer than the setting allows.
    """

    def __init__(self, give_up: Callable[[Turn], None]):
        super().__init__(name="watchdog", daemon=True)
        self._give_up = give_up
        self._limit = STEP_LIMIT.value
        self._ended = threading.Event()
        self._stuck: list[Turn] = []
        self.turn: Turn | None = None

    def run(self) -> None:
        """See `threading.Thread`."""
        pause = min(LOOK, self._limit / LOOKS)
        seen, looks = None, 0
        while not self._ended.wait(pause):
            turn = self.turn
            looks = looks + 1 if turn is seen else 0
            seen = turn
            if turn is not None and looks * pause >= self._limit:
                self._give_up(turn)

    def end(self) -> None:
        """Ends it."""
        self._ended.set()

    @property
    def stuck(self) -> list[Turn]:
        """Turns that were given up and have not returned yet."""
        return [turn for turn in self._stuck if turn.thread.is_alive()]

    def stuck_with(self, job: Job) -> bool:
        """Whether one of those computes what a job does, which would be stuck as well."""
        return any(set(turn.job.task.digests) & set(job.task.digests) for turn in self.stuck)

    def leave_behind(self, turn: Turn) -> None:
        """Logs where a step is stuck, and lets its thread end as soon as it returns."""
        self.turn, self._stuck = None, [*self.stuck, turn]
        thread, steps = turn.thread, turn.job.steps
        if isinstance(thread, ComputeThread):
            thread.given_up = thread.stopping = True
        if isinstance(steps, InTurns):
            # The compute thread only waits for it.
            thread = steps.give_up() or thread
        note_stuck(turn.job.task, _stack(thread))


def _stack(thread: threading.Thread) -> TracebackType | None:
    frame = sys._current_frames().get(thread.ident or 0)
    found = None
    while frame is not None:
        found = TracebackType(found, frame, frame.f_lasti, frame.f_lineno)
        frame = frame.f_back
    return found
