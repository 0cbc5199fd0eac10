"""What is made once for all who look at the same curves: a whole class has one question."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
#: Questions whose answers are kept.
KEPT = 64


class Shared(Generic[T]):
    """The last answer to each of some questions."""

    def __init__(self) -> None:
        self._known: collections.OrderedDict[Hashable, tuple[Sequence[object], T]] = (
            collections.OrderedDict()
        )
        self._lock = threading.Lock()

    def of(self, question: Hashable, parts: Sequence[object], make: Callable[[], T]) -> T:
        """The answer, made anew only if it rests on other parts than before.

        **Arguments:**

        - `parts`: what it rests on. They are never changed but replaced, so the same objects are
            the same numbers.
        - `make`: makes it, for one caller at a time.
        """
        with self._lock:
            known = self._known.get(question)
            if known is None or [*map(id, known[0])] != [*map(id, parts)]:
                # The parts are kept, too: otherwise others could come to be where they were.
                known = self._known[question] = [*parts], make()
            self._known.move_to_end(question)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            return known[1]


def flat(groups: Sequence[object]) -> list[object]:
    """The seeds of curves and predictions in one row, and `None` for each that is not known."""
    found: list[object] = []
    for group in groups:
        seeds = getattr(group, "seeds", None)
        found += [None] if seeds is None else [*seeds, None]
    return found
