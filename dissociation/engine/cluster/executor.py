"""The cluster as the executor of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissociation.core.validation import InvalidValue
from dissociation.engine.cluster.checking import checked
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.measuring import measured
from dissociation.engine.cluster.training import trained
from dissociation.engine.executor import LOCAL, Executor
from dissociation.engine.settings import (
    SCHEDULER_PATIENCE,
    SCHEDULER_VARIABLE,
    scheduler_address,
)
from dissociation.engine.task import Steps, Task


class Cluster(Executor):
    """Sends training, measuring and checking to a Dask scheduler; all else is done here.

    **Arguments:**

    - `address`: of the scheduler; it is reached in the background.
    """

    def __init__(self, address: str):
        self._patience = SCHEDULER_PATIENCE.value
        self._link = Link(address, self._patience)

    @property
    def status_message(self) -> str:  # type: ignore[override]
        """See [`Executor`][]."""
        return self._link.status_message or self._link.warning

    def after(self, task: Task) -> tuple[str, ...]:
        """See [`Executor.after`][]. Networks are trained side by side."""
        return super().after(task) if self._link.status_message else ()

    def run(self, task: Task, wake: Callable[[], None]) -> Iterator[Steps]:
        """See [`Executor.run`][]."""
        if self._link.status_message:
            return task.run()
        sent: Any = {"curve": measured, "check": checked, "train": trained}.get(task.kind)
        return task.run() if sent is None else sent(task, self._link, wake)

    def require(self) -> None:
        """See [`Executor.require`][]."""
        # Twice: once to be reached, once for a worker to be there.
        self._link.settled(2 * self._patience + 5)
        if self._link.status_message:
            allowed = (
                f"no Dask scheduler with workers answers there ({self._link.reason}); start them, "
                f"or unset {SCHEDULER_VARIABLE}"
            )
            raise InvalidValue(SCHEDULER_VARIABLE, self._link.address, allowed)

    def stop(self) -> None:
        """See [`Executor.stop`][]."""
        self._link.stop()


def chosen_executor() -> Executor:
    """The cluster that the environment names, or this process.

    **Raises:** `InvalidValue` if what it names is no address, or cannot be used.
    """
    address = scheduler_address()
    return LOCAL if address is None else Cluster(address)
