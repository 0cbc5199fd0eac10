"""Background work gives way: pages answer although a job keeps every core busy."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 10


def leave_cores_to_jax() -> None:
    """Lets SciPy factorise with one thread, which JAX's products then need not compete with.

    The threads of its BLAS wait for one another and for more work by spinning: where several jobs
    share the cores, two of them take several times as long as one (measured). Called before SciPy
    is imported: its BLAS reads this variable once.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def give_way() -> None:
    """Lowers the priority of the calling thread and of all threads it will start.

    On Linux, where threads have priorities of their own; elsewhere nothing happens. JAX's pool of
    compute threads is started by whichever thread computes first, and inherits from it. A lab that
    was started with less priority than that keeps it: to raise it takes a right that few have.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
