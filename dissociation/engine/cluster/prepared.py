"""Networks that a worker has laid out, kept from one unit to the next."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable

from dissociation.core.measures.base import PreparedMeasurement

#: Bytes of networks laid out; the ones used last stay, and always the very last.
ROOM = 2**30


class PreparedMeasurements:
    """The prepared measurements used last, by name."""

    def __init__(self, room: int = ROOM):
        self._room = room
        self._lock = threading.Lock()
        self._kept: collections.OrderedDict[str, tuple[PreparedMeasurement, int]] = (
            collections.OrderedDict()
        )

    def get(
        self, name: str, make: Callable[[], tuple[PreparedMeasurement, int]]
    ) -> PreparedMeasurement:
        """The prepared measurement of that name, made if it is not there.

        **Arguments:**

        - `make`: returns a prepared measurement and the bytes of its networks.
        """
        # One at a time: threads that want the same one would otherwise all make it.
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            self._kept.move_to_end(name)
            while len(self._kept) > 1 and sum(size for _, size in self._kept.values()) > self._room:
                self._kept.popitem(last=False)
            return self._kept[name][0]
