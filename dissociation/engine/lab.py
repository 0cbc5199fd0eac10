"""The lab of this process: one store, one scheduler, the rooms, and everyone's watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dissociation.core.experiment import Experiment
from dissociation.core.networks.training import Recipe
from dissociation.core.study import Study
from dissociation.engine.asker import Asker, asking_for
from dissociation.engine.cluster.executor import chosen_executor
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.executor import LOCAL
from dissociation.engine.jobs import LEASE, Jobs
from dissociation.engine.library import Library
from dissociation.engine.priority import leave_cores_to_jax
from dissociation.engine.rooms import Rooms
from dissociation.engine.settings import MAX_WATCHES, cache_folder, keep_compiled_programs
from dissociation.engine.store import Store
from dissociation.engine.study_watch import Asked, Group, StudyWatch
from dissociation.engine.training_watch import TrainingWatch
from dissociation.engine.watch import Watch

log = logging.getLogger(__name__)

#: A finished watch can be asked for its results this long (seconds).
KEEP_WATCHES = 120.0


class Lab:
    """Everything a front end needs: ask for curves, get a watch; look a watch up by its id."""

    def __init__(self, folder: Path | None = None, *, start: bool = True):
        self.folder = cache_folder() if folder is None else folder
        keep_compiled_programs(self.folder)
        leave_cores_to_jax()
        self.store = Store(self.folder)
        self.library = Library(self.store)
        self.executor = chosen_executor() if start else LOCAL
        self.jobs = Jobs(start=start, executor=self.executor)
        self.rooms = Rooms()
        self._lock = threading.Lock()
        self._watches: dict[str, Watch] = {}
        self._asking: list[Asker] = []

    @property
    def status_message(self) -> str:
        """What visitors should know of this lab, in sentences; empty if all is well."""
        return " ".join(filter(None, (self.store.status_message, self.executor.status_message)))

    @contextmanager
    def asked_by(self, asker: Asker) -> Iterator[None]:
        """What this thread asks to watch meanwhile is for one tab of a browser.

        First results of its tenth tab come after those of anybody else's first.
        """
        with self._lock:
            tabs = {tab for browser, tab in self._asking if browser == asker.browser}
            for watch in self._watches.values():
                other = watch.asker
                if other is not None and other.browser == asker.browser and watch.waits:
                    tabs.add(other.tab)
            self._asking.append(asker)
        try:
            with asking_for(asker, len(tabs - {asker.tab})):
                yield
        finally:
            with self._lock:
                self._asking.remove(asker)

    def watch_curves(
        self,
        experiments: Sequence[Experiment],
        pair: tuple[int, int] | None = None,
        *,
        predicted: bool = False,
    ) -> CurveWatch:
        """Starts or finds the curves of several conditions; see [`CurveWatch`][].

        **Raises:** `InvalidValue` if too much is going on.
        """
        watch = CurveWatch(self.library, self.jobs, experiments, pair, predicted=predicted)
        self._register(watch)
        return watch

    def watch_studies(self, studies: Sequence[Study], ahead: Sequence[Study] = ()) -> StudyWatch:
        """Starts or finds what studies find; see [`StudyWatch`][].

        **Raises:** `InvalidValue` if too much is going on.
        """
        watch = StudyWatch(self.library, self.jobs, [Group(studies)], ahead)
        self._register(watch)
        return watch

    def watch_question(self, question: Asked) -> StudyWatch:
        """Starts or finds all that a question needs; see [`StudyWatch`][].

        **Raises:** `InvalidValue` if too much is going on.
        """
        watch = StudyWatch(self.library, self.jobs, question.groups(), question=question)
        self._register(watch)
        return watch

    def watch_training(self, recipe: Recipe, seeds: int) -> TrainingWatch:
        """Starts or finds the training of networks 0 … `seeds` - 1."""
        watch = TrainingWatch(self.library, self.jobs, recipe, seeds)
        self._register(watch)
        return watch

    def _register(self, watch: Watch) -> None:
        with self._lock:
            self._forget()
            self._watches[watch.id] = watch

    def _forget(self) -> None:
        now = time.monotonic()
        for name, watch in list(self._watches.items()):
            if now - watch.seen > KEEP_WATCHES and all(job.finished for job in watch.watched):
                del self._watches[name]
        longest_ago = sorted(self._watches, key=lambda name: self._watches[name].seen)
        for name in longest_ago[: max(0, len(self._watches) - int(MAX_WATCHES.value))]:
            del self._watches[name]

    def forget(self) -> None:
        """Lets finished watches go that nobody has looked at for long."""
        with self._lock:
            self._forget()

    @property
    def watches(self) -> int:
        """How many charts are watched, or were a moment ago."""
        with self._lock:
            return len(self._watches)

    def find(self, name: str) -> Watch | None:
        """A watch by its id."""
        with self._lock:
            return self._watches.get(name)

    @property
    def watching(self) -> int:
        """How many watches somebody has looked at lately."""
        recent = time.monotonic() - LEASE
        with self._lock:
            return sum(watch.seen > recent for watch in self._watches.values())

    def release(self, watch: Watch) -> None:
        """Lets a watch go that nobody looks at any more."""
        watch.release()
        with self._lock:
            self._watches.pop(watch.id, None)

    def stop(self) -> None:
        """Ends the compute thread, lets the cluster go and closes the store."""
        self.jobs.stop()
        self.executor.stop()
        self.store.close()


_lab: Lab | None = None
_lab_lock = threading.Lock()


def known_status() -> str:
    """What is wrong with the lab of this process, if it has been made; a page need not wait."""
    return "" if _lab is None else _lab.status_message


def lab() -> Lab:
    """The lab of this process, made on first use."""
    global _lab
    with _lab_lock:
        if _lab is None:
            _lab = Lab()
        return _lab
