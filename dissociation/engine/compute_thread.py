"""The thread that computes, turn by turn, whatever goes wrong between two of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from dissociation.core.pauses import turn
from dissociation.engine.priority import give_way

log = logging.getLogger(__name__)
#: Seconds until it tries again.
AGAIN = 1.0


class ComputeThread(threading.Thread):
    """Has turns until it is told to stop.

    **Arguments:**

    - `turn`: does or awaits one; what a job raises is not its business.

    `given_up`: whether one did not return in time; what it does later is to have no effect.
    """

    def __init__(self, turn: Callable[[], object]):
        super().__init__(name="compute", daemon=True)
        self._turn, self._sound = turn, True
        self.stopping = self.given_up = False

    def run(self) -> None:
        """See `threading.Thread`."""
        give_way()
        while not self.stopping:
            try:
                self._turn()
                self._sound = True
            except Exception:
                # Pages would go on answering, and nobody would see why nothing comes.
                log.exception("the scheduler failed, and tries again")
                self._sound = False
                time.sleep(AGAIN)

    @property
    def alive(self) -> bool:
        """Whether it has turns, as far as was seen at the last one."""
        return self._sound and self.is_alive()


def given_up() -> bool:
    """Whether this thread was given up: nobody waits for what it finds any more."""
    thread, own = threading.current_thread(), turn()
    return getattr(own if own is not None else thread, "given_up", False)
