"""Units of one job in their batch on the cluster, and what is done about those that do not."""

from __future__ import annotations

import collections
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from dissociation.core.validation import NotFinite
from dissociation.engine.store import DamagedEntry

if TYPE_CHECKING:
    from dissociation.engine.cluster.link import Link

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unit:
    """Work that a worker can do without knowing of any other.

    - `key`: what it computes; equal for all labs, so that those who ask at once share it.
    - `work`, `arguments`: of [`dissociation.engine.cluster.units`][].
    - `read`: from what it returns to a result. **Raises:** `DamagedEntry`.
    - `here`: does the same on this thread, with pauses, and returns the result.
    - `weights`, `pack`: digest of the network that is its last argument, and its bytes.
    - `priority`: units of the largest come first, whosever they are.
    - `topic`: under which it publishes how far it is.
    """

    key: str
    work: Callable[..., Any]
    arguments: tuple
    read: Callable[[list[bytes]], Any]
    here: Callable[[], Generator[None, None, Any]]
    weights: str = ""
    pack: Callable[[], bytes] | None = None
    priority: int = 0
    topic: str = ""


class Arrival(NamedTuple):
    """The result of unit `number`, and the seconds it took; `elsewhere`: on a worker."""

    number: int
    result: Any
    seconds: float
    elsewhere: bool


class News(NamedTuple):
    """What unit `number` says of itself while it is at work."""

    number: int
    said: Any


class RemoteBatch:
    """What comes back from the cluster, until the compute thread takes it.

    - `news`: set whenever there is something to take; `ended`: nothing more will come.
    """

    def __init__(self, wake: Callable[[], None]):
        self.news = threading.Event()
        self.ended = False
        self._wake = wake
        self._came: collections.deque[tuple[int, str, Any]] = collections.deque()

    def deliver(self, number: int, kind: str, value: Any) -> None:
        """Hands over a result, a failure, or something said; from any thread."""
        self._came.append((number, kind, value))
        self._tell()

    def end(self) -> None:
        """Says that nothing more will come."""
        self.ended = True
        self._tell()

    def _tell(self) -> None:
        self.news.set()
        self._wake()

    def take(self) -> Iterator[tuple[int, str, Any]]:
        """What has come since the last time."""
        while self._came:
            yield self._came.popleft()


RESULT, FAILURE, SAID = "result", "failure", "said"
WARNING = "The cluster fails at some of the work, which this lab then does by itself (see its log)."


def collect(
    link: Link, units: Sequence[Unit], wake: Callable[[], None]
) -> Iterator[threading.Event | Arrival | News | None]:
    """Sends units to the cluster, and does here whatever does not come back from it.

    **Returns:** an iterator of results as they come, each of them once, with what a task may yield
    in between; closed, it takes back what is still out. **Raises:** `NotFinite` if a unit did.
    """
    left = dict(enumerate(units))
    batch = RemoteBatch(wake)
    recall = link.send(units, batch)
    try:
        while True:
            batch.news.clear()
            ended = batch.ended
            for number, kind, value in batch.take():
                if kind == SAID:
                    yield News(number, value)
                elif kind == FAILURE:
                    log.warning("%s failed on the cluster: %s", units[number].key, value)
                    link.warning = WARNING
                elif (arrival := _read(units[number], number, value)) is not None:
                    del left[number]
                    link.warning = ""
                    yield arrival
            if ended:
                break
            yield batch.news
    finally:
        recall()
    for number, unit in left.items():
        begin = time.perf_counter()
        result = yield from unit.here()
        yield Arrival(number, result, time.perf_counter() - begin, False)


def _read(unit: Unit, number: int, value: Any) -> Arrival | None:
    if isinstance(value, dict) and "refused" in value:
        raise NotFinite(str(value["refused"]))
    try:
        return Arrival(number, unit.read(value["results"]), float(value["seconds"]), True)
    except (DamagedEntry, KeyError, TypeError, ValueError, IndexError) as problem:
        log.warning("%s came back from the cluster damaged: %s", unit.key, problem)
        return None
