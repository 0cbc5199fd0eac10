"""Where tasks are done: here, unless something better is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dissociation.engine.task import Steps, Task


class Executor:
    """The compute thread of this process, on which one task has its turn at a time.

    - `status_message`: what whoever waits should know of the executor; empty if there is nothing.
    """

    status_message: str = ""

    def after(self, task: Task) -> tuple[str, ...]:
        """Digests of what a task waits for here if somebody has asked for it."""
        return task.after

    def run(self, task: Task, wake: Callable[[], None]) -> Iterator[Steps]:
        """Does a task.

        **Arguments:**

        - `wake`: to be called, from any thread, once an event is set that was yielded.
        """
        del wake
        return task.run()

    def require(self) -> None:
        """Waits until the executor can be used. **Raises:** `InvalidValue` if it cannot."""

    def stop(self) -> None:
        """Lets the executor go."""


#: The executor of everybody who was not told of another.
LOCAL = Executor()
