"""Long work gives way: moments for others, and work that is done in a process of its own.

Science says where it may be interrupted ([`pause`][]) and what nothing can interrupt ([`apart`][]).
What becomes of that is up to whoever runs it: a [`Turn`][] that was taken for this thread. Without
one a pause is nothing, and work is done at once.
"""

from __future__ import annotations

import contextlib
import functools
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np

T = TypeVar("T")
#: Takes arrays and gives arrays, by itself: a function of a module that can be named.
Work = Callable[..., tuple[Any, ...]]
#: Operations of products that one program makes, some tenths of a second for all cores.
AT_ONCE = 1e11
#: Operations from which on it is worth a process of its own to be able to end it, of such as a core
#: does some twenty billion of a second.
MUCH = 1.5e10


class Turn(Protocol):
    """Whoever lets this thread compute."""

    def pause(self) -> None:
        """Lets others have their turn if this one has been long; returns when it goes on."""

    def apart(self, work: Work, *arrays: np.ndarray) -> tuple[Any, ...]:
        """Does work elsewhere while others have their turn; returns what it gives."""

    def beside(self, work: Callable[[], T]) -> T:
        """Compiles or imports on a thread of its own while others have their turn.

        Nothing that runs a program: XLA's threads may not be shared by two at a time.
        """


class cached_property(functools.cached_property[T]):
    """Computed once an object. No lock is held meanwhile, as Python 3.11's does for all objects.

    A step that paused in one would keep it, and the next to want it would wait for ever.
    """

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The value, which is kept in the object's dictionary."""
        if instance is None:
            return self
        known = instance.__dict__
        if self.attrname not in known:
            known[self.attrname] = self.func(instance)
        return known[self.attrname]


_own = threading.local()


def turn() -> Turn | None:
    """The turn of this thread, if somebody gave it one."""
    return getattr(_own, "turn", None)


@contextlib.contextmanager
def taking(given: Turn | None) -> Iterator[None]:
    """What this thread does meanwhile is done in turns, or with `None` in one go."""
    before, _own.turn = turn(), given
    try:
        yield
    finally:
        _own.turn = before


def pieces_of(size: int, operations: float) -> int:
    """How many equal pieces of `size` things take at most `AT_ONCE` operations each.

    **Arguments:**

    - `operations`: that all of them take.
    """
    least = min(size, math.ceil(operations / AT_ONCE))
    return next(count for count in range(max(least, 1), size + 1) if size % count == 0)


def pause() -> None:
    """A good moment for others to have their turn."""
    if (own := turn()) is not None:
        own.pause()


def pieces(count: int, size: int) -> Iterator[slice]:
    """`count` things, `size` at a time, with a pause before each."""
    for start in range(0, count, size):
        pause()
        yield slice(start, min(start + size, count))


def apart(work: Work, *arrays: Any, operations: float) -> tuple[Any, ...]:
    """Does what nothing can interrupt where it does not hold up anybody.

    **Arguments:**

    - `work`: a function that gives the same wherever it runs, and its `arrays`.
    - `operations`: how many it takes; fewer than `MUCH` are done at once.
    """
    own = turn()
    if own is None or operations < MUCH:
        return work(*arrays)
    return own.apart(work, *arrays)
