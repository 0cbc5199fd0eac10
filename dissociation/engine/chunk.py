"""One chunk of a job, and, if it fails, what to tell those who watch it."""

from __future__ import annotations

from collections.abc import Callable

from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.engine.bookkeeping import note_failure
from dissociation.engine.executor import Executor
from dissociation.engine.in_turns import InTurns
from dissociation.engine.job import DONE, FAILED, RUNNING, Job
from dissociation.engine.settings import STEP_LIMIT
from dissociation.engine.task import Steps

APOLOGY = "Something went wrong in the lab and has been logged. Please try again."


def too_long() -> str:
    """What is said of a job of which one step has not returned in time."""
    return (
        f"One step of this took longer than {STEP_LIMIT.value:g} s and was given up. Please try "
        "with smaller settings."
    )


def next_chunk(
    job: Job, executor: Executor, wake: Callable[[], None], *, in_turns: bool = False
) -> tuple[str, str, Steps]:
    """Does the next chunk of a job.

    **Arguments:**

    - `executor`: where the job is begun, if it is not yet; `wake`: see [`Executor`][].
    - `in_turns`: whether others may have their turn in the middle of a chunk.

    **Returns:** the state that the job is in then, an error in words, and what it has published.
    """
    try:
        if job.steps is None:
            steps = executor.run(job.task, wake)
            job.steps = InTurns(steps, wake) if in_turns else steps
        return RUNNING, "", next(job.steps)
    except StopIteration:
        return DONE, "", None
    except (InvalidValue, DamagedData) as problem:
        return FAILED, str(problem), None
    except MemoryError:
        note_failure(job.task, "a job ran out of memory")
        return FAILED, "This experiment needs more memory than the lab has.", None
    except Exception:
        note_failure(job.task, "a job failed")
        return FAILED, APOLOGY, None
