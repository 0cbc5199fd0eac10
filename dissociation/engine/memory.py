"""Nothing starts that the memory which the lab may use would not hold, alone or beside others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

from dissociation.core.memory_limit import check_memory
from dissociation.core.sizes import BASE, GIB, PASSING
from dissociation.engine.settings import MEMORY
from dissociation.engine.task import Task


class MemoryClass(NamedTuple):
    """Jobs of about one size, or of one kind.

    - `most`: that one holds, `share`: that all of them may hold while larger ones wait, and
        `limit`: that they may hold at any time; of the memory there is for jobs.
    """

    most: float
    share: float
    limit: float


#: Of the memory for jobs: what only adds to others; comparisons; curves of few networks; all else.
MEMORY_CLASSES = (
    MemoryClass(1.0, 1 / 16, 1 / 4),
    MemoryClass(1 / 32, 1 / 8, 1.0),
    MemoryClass(1 / 12, 1 / 4, 1.0),
    MemoryClass(1.0, 9 / 16, 9 / 16),
)
LARGEST = len(MEMORY_CLASSES) - 1
#: As many of what only adds have room beside whatever else does, and beside one that needs almost
#: everything.
TINY = 64


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
    """Jobs in line that fit beside those at work.

    Every class has a line, which stops at its first job that does not fit, so that small jobs
    do not wait until there is room for a large one. With none at work the first may begin: it was
    not refused. What is only there for a moment, such as noise while it is drawn, is there once:
    one job has its turn at a time.

    **Arguments:**

    - `beside`: bytes that are held for others.
    """
    room = MEMORY.value * GIB - BASE - PASSING - beside
    taken, classes = [0.0 for _ in MEMORY_CLASSES], [_class_of(job, room) for job in queued]
    for job in active:
        taken[_class_of(job, room)] += job.task.memory
    found: set[int] = set()
    kept_back, spared = False, room
    # The largest first: the others leave them their share if they wait.
    for number in reversed(range(len(MEMORY_CLASSES))):
        share = room * (MEMORY_CLASSES[number].share if kept_back else MEMORY_CLASSES[number].limit)
        for place in (n for n, one in enumerate(classes) if one == number):
            need = queued[place].task.memory
            alone = not active and not found
            within = taken[number] == 0 or taken[number] + need <= share
            if 0 < number < LARGEST:
                within &= sum(taken[1:LARGEST]) + need <= spared
            elif number == 0:
                within = (within and spared == room) or need <= spared / TINY
            if not alone and not (within and sum(taken) + need <= room):
                if number == 0:
                    continue
                kept_back = True
                if need > share and number == LARGEST:
                    # No less than everything may do, so only what has room beside it comes before.
                    spared = room - need
                break
            found.add(place)
            taken[number] += need
    return [queued[n] for n in sorted(found)]


def _class_of(job: _HasTask, room: float) -> int:
    if job.task.penalty > 0:
        return 0
    fitting = (
        n for n, one in enumerate(MEMORY_CLASSES) if n and job.task.memory <= one.most * room
    )
    return next(fitting, LARGEST)
