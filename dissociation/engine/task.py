"""What a job does, in steps that others may come between."""

from __future__ import annotations

import abc
import threading
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dissociation.core.memory_need import Asked, held_by
from dissociation.core.pauses import cached_property


class Step(NamedTuple):
    """What a task publishes after each chunk: how far it is, in its own units, and its result.

    - `elsewhere`: seconds of compute time so far that were not spent on this thread.
    """

    done: float
    total: float
    result: Any
    elsewhere: float = 0.0


#: What a task yields: a step to publish; `None`, a moment at which other jobs may have their turn;
#: or an event: what comes next is on its way, and until the event is set no turn is needed.
Steps = Step | threading.Event | None


class Task(abc.ABC):
    """Work that a job can do.

    - `digests`: what it computes; no two live jobs compute the same digest.
    - `needs`: tasks that must be done first; `after`: digests of others that come first where one
        task has its turn at a time, if they are asked for as well.
    - `penalty`: seconds by which others are preferred.
    - `kind`: what it does, in a word, for counters and log lines.
    - `resumes`: whether another task for the same [`resume`][Task.resume]s from its results, which
        it publishes by their digests.
    - `asked`: what it is about, from which the memory it needs is told; `None` if hardly any.
    """

    kind: str = "task"
    digests: tuple[str, ...]
    needs: tuple[Task, ...] = ()
    after: tuple[str, ...] = ()
    penalty: float = 0.0
    resumes: bool = False
    asked: Asked | None = None

    @cached_property
    def memory(self) -> float:
        """Bytes that it holds at most, also while others have their turns."""
        return 0.0 if self.asked is None else held_by(self.asked)

    def resume(self, found: Mapping[str, Any], seconds: float) -> Step | None:
        """Has it go on from what others had computed of the same when they were dropped.

        **Arguments:**

        - `found`: results by digest; `seconds`: that they took.

        **Returns:** what is shown before any turn; `None` if it must begin anew.
        """
        del found, seconds
        return None

    @abc.abstractmethod
    def run(self) -> Iterator[Steps]:
        """Does the work; the last step is complete and stored."""
