"""Curves that were begun, then dropped with their last watcher: where to go on if one returns."""

from __future__ import annotations

import collections
import threading
from collections.abc import Sequence
from typing import NamedTuple

from dissociation.core.measures.base import SeedCurve
from dissociation.engine.compute_thread import given_up

#: Curves that are remembered, a few kilobytes each.
MOST = 2_000


class Beginning(NamedTuple):
    """The first `parts` parts of a measure: what they counted, and the `seconds` they took."""

    parts: int
    curve: SeedCurve
    seconds: float


class Begun:
    """Beginnings of curves by the digest of plan and weights, in memory; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: collections.OrderedDict[str, Beginning] = collections.OrderedDict()

    def note(self, beginnings: dict[str, Beginning]) -> None:
        """Remembers how far some curves are, unless this thread was given up."""
        if given_up():
            return
        with self._lock:
            for name, beginning in beginnings.items():
                self._kept[name] = beginning
                self._kept.move_to_end(name)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def forget(self, names: Sequence[str]) -> None:
        """Curves that are complete are in the store."""
        with self._lock:
            for name in names:
                self._kept.pop(name, None)

    def together(self, names: Sequence[str]) -> list[Beginning]:
        """Beginnings of curves that are measured together, if all are equally far; else none."""
        with self._lock:
            found = [self._kept[name] for name in names if name in self._kept]
        alike = len(found) == len(names) and len({one.parts for one in found}) == 1
        return found if alike else []
