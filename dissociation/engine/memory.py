"""Nothing starts that the memory which the lab may use would not hold, alone or beside others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from dissociation.engine.settings import MEMORY
from dissociation.engine.task import Task
from dissociation.memory_limit import check_memory
from dissociation.memory_need import BASE, GIB, PASSING


class _HasTask(Protocol):
    task: Task


J = TypeVar("J", bound=_HasTask)


def refuse_too_large(task: Task) -> None:
    """**Raises:** `InvalidValue` with what would fit, if the task or one it needs is too large."""
    for need in task.needs:
        refuse_too_large(need)
    if task.asked is not None:
        check_memory(task.asked, MEMORY.value * GIB)


def that_fit(active: Sequence[J], queued: Sequence[J], beside: float = 0.0) -> list[J]:
    """Jobs in line that fit beside those at work; the line stops at the first that does not.

    With none at work the first may begin: it was not refused. What is only there for a moment, such
    as noise while it is drawn, is there once: one job has its turn at a time.

    **Arguments:**

    - `beside`: bytes that are held for others.
    """
    room = MEMORY.value * GIB - BASE - PASSING - beside - sum(job.task.memory for job in active)
    found: list[J] = []
    for job in queued:
        room -= job.task.memory
        if room < 0 and (active or found):
            break
        found.append(job)
    return found
