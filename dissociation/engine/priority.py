"""Background work gives way: pages answer although a job keeps every core busy."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 10


def give_way() -> None:
    """Lowers the priority of the calling thread and of all threads it will start.

    On Linux, where threads have priorities of their own; elsewhere nothing happens. JAX's pool of
    compute threads is started by whichever thread computes first, and inherits from it.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
