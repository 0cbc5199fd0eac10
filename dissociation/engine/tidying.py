"""What a lab that runs for days does once a minute: what has been let go leaves its memory."""

from __future__ import annotations

import ctypes
import gc

from dissociation.engine.lab import Lab

#: Seconds between two rounds.
ROUND = 60.0


def return_memory() -> None:
    """Gives memory that was freed back to the system, where the C library can be asked to (glibc).

    By itself it keeps what lies between pieces that are still in use: 290 MB after three minutes of
    visitors (measured), which a machine that the lab shares would rather have.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)


def tidy(lab: Lab) -> None:
    """One round: forgets charts that nobody asks for any more, and returns memory."""
    lab.forget()
    if not lab.watching:
        # What visitors leave refers to itself, and Python looks for such only when more is made.
        gc.collect()
    return_memory()
