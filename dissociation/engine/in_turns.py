"""A job's steps on a thread of their own, which stops where the job can be interrupted.

The compute thread gives a step its turn and waits. A step that has been long pauses in the middle
of whatever it does, and goes on there when its job has its next turn: one of them computes at a
time, as if each function on the way were a generator.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np

from dissociation.core import pauses
from dissociation.core.pauses import T
from dissociation.engine.child import Child
from dissociation.engine.task import Steps

#: Seconds after which a step pauses as soon as it can.
ENOUGH = 0.2
#: Seconds within which whoever waits in the middle of a step has let go of everything.
PATIENCE = 10.0


#: Threads that compile or import, whose steps may have been dropped meanwhile.
_beside: set[threading.Thread] = set()


@atexit.register
def _let_them_end() -> None:
    # A thread that Python ends in the middle of a compilation takes the process down with an error.
    for thread in tuple(_beside):
        thread.join(PATIENCE)


class _Dropped(BaseException):
    """Ends a step in the middle, as `GeneratorExit` ends a generator."""


class InTurns(Iterator[Steps]):
    """The steps of a task, with `None` wherever one of them was interrupted.

    **Arguments:**

    - `steps`: of the task; `wake`: to be called when there is news of what is done elsewhere.
    """

    def __init__(self, steps: Iterator[Steps], wake: Callable[[], None]):
        self._steps, self._wake = steps, wake
        self._go, self._come = threading.Semaphore(0), threading.Semaphore(0)
        self._said: tuple[Any, BaseException | None] = (None, None)
        self._begun = 0.0
        self._thread: threading.Thread | None = None
        self._waits = self._dropped = self.given_up = False

    def __next__(self) -> Steps:
        if self._thread is None:
            # Its priority is that of the thread that starts it.
            self._thread = threading.Thread(target=self._run, name="steps", daemon=True)
            self._thread.start()
        self._waits = False
        self._go.release()
        self._come.acquire()
        said, problem = self._said
        if problem is not None:
            raise problem
        return said

    def close(self) -> None:
        """Ends the steps, where they are."""
        self._dropped = True
        self._go.release()
        if self._thread is None:
            self._steps.close()  # type: ignore[attr-defined]
        elif self._waits:
            self._thread.join(PATIENCE)

    def give_up(self) -> threading.Thread | None:
        """Ends the steps as soon as the one that is under way returns, if it ever does.

        **Returns:** the thread that it is on.
        """
        self.given_up = self._dropped = True
        self._go.release()
        return self._thread

    def _run(self) -> None:
        with pauses.taking(self), contextlib.suppress(_Dropped):
            problem: Exception
            self._wait()
            try:
                for said in self._steps:
                    self._hand_over(said)
                problem = StopIteration()
            except Exception as raised:
                problem = raised
            except _Dropped:
                self._steps.close()  # type: ignore[attr-defined]
                return
            self._said = None, problem
            self._come.release()

    def _wait(self) -> None:
        self._go.acquire()
        if self._dropped:
            raise _Dropped
        self._begun = time.perf_counter()

    def _hand_over(self, said: Steps) -> None:
        self._said, self._waits = (said, None), True
        self._come.release()
        self._wait()

    def pause(self) -> None:
        """See [`Turn.pause`][dissociation.core.pauses.Turn.pause]."""
        if time.perf_counter() - self._begun > ENOUGH:
            self._hand_over(None)

    def beside(self, work: Callable[[], T]) -> T:
        """See [`Turn.beside`][dissociation.core.pauses.Turn.beside].

        Dropped, it is not waited for.
        """
        news, future = threading.Event(), Future[T]()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as raised:
                future.set_exception(raised)
            _beside.discard(threading.current_thread())
            news.set()
            self._wake()

        thread = threading.Thread(target=do, name="beside", daemon=True)
        _beside.add(thread)
        thread.start()
        while not news.is_set():
            self._hand_over(news)
        return future.result()

    def apart(self, work: pauses.Work, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
        """See [`Turn.apart`][dissociation.core.pauses.Turn.apart].

        It is done in a process that can be ended.
        """
        with Child(work, arrays, self._wake) as child:
            while not child.news.is_set():
                self._hand_over(child.news)
            return child.result()
