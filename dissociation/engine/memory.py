"""Nothing starts that the memory of the machine, or the operator's limit, would not hold."""

from __future__ import annotations

from dissociation.engine.settings import MEMORY
from dissociation.engine.task import Task
from dissociation.memory_limit import check_memory
from dissociation.memory_need import GIB


def refuse_too_large(task: Task) -> None:
    """**Raises:** `InvalidValue` with what would fit, if the task or one it needs is too large."""
    for need in task.needs:
        refuse_too_large(need)
    if task.asked is not None:
        check_memory(task.asked, MEMORY.value * GIB)
