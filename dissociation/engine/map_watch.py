"""What a map watches: comparisons and, where robustness is an axis, curves; both as one."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import groupby

from dissociation.core.experiment import Experiment
from dissociation.core.networks.training import Recipe
from dissociation.core.similarity.comparison import Comparison
from dissociation.core.theory.bridge import sigma50
from dissociation.engine import jobs as j
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.study_watch import StudyWatch
from dissociation.engine.watch import ORDER, Watch
from dissociation.engine.words import Status


def _rewrites(experiment: Experiment) -> list[str]:
    return [step.name for step in experiment.manipulations]


def stored_sigma50(library: Library, experiment: Experiment) -> float | None:
    """σ50 of the last network of an experiment, NaN if its curve does not cross.

    **Returns:** `None` if its curve is not stored.
    """
    found = library.curve(experiment, experiment.seeds - 1)
    if found is None:
        return None
    return sigma50(experiment, found.curve)


class MapWatch(Watch):
    """The findings of comparisons, and the σ50 of networks.

    **Arguments:**

    - `experiments`: one a comparison, whose last network's σ50 is wanted; `None` where it has none.
        Empty if no robustness is wanted at all.
    """

    feature = "map"

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        comparisons: Sequence[Comparison],
        experiments: Sequence[Experiment | None] = (),
    ):
        super().__init__(library, jobs)
        self.experiments = list(experiments) or [None] * len(comparisons)
        self.parts: list[Watch] = []
        self.comparisons = StudyWatch(library, jobs, comparisons)
        self.parts.append(self.comparisons)
        measured = [experiment for experiment in self.experiments if experiment is not None]
        self.curves: list[CurveWatch] = []
        # Measured together, all rewrites would have their first points at once, but late.
        for _, alike in groupby(measured, _rewrites):
            # The comparisons say how far the function has moved.
            some = list(alike)
            last = [(experiment.seeds - 1,) for experiment in some]
            before = len(self.curves)
            watch = CurveWatch(library, jobs, some, checked=False, before=before, seeds=last)
            self.curves.append(watch)
            self.parts.append(watch)
        for job in (job for part in self.parts for job in part.watched):
            # Exact rewrites have the trained network's curve.
            if job not in self.watched:
                self.watched.append(job)

    def renew(self) -> None:
        """See [`Watch.renew`][]."""
        self.seen = time.monotonic()
        for part in self.parts:
            part.renew()

    def release(self) -> None:
        """See [`Watch.release`][]."""
        for part in self.parts:
            part.release()

    def cancel(self) -> None:
        """See [`Watch.cancel`][]."""
        self.cancelled = True
        for part in self.parts:
            part.cancel()

    def sigma50s(self) -> list[float]:
        """σ50 a comparison; NaN if there is none, or it does not cross, or not all images are in.

        Points beside one another must rest on the same images.
        """
        curves = iter(
            [
                watch.complete_seeds(place).get(experiment.seeds - 1)
                for watch in self.curves
                for place, experiment in enumerate(watch.experiments)
            ]
        )
        found = []
        for experiment in self.experiments:
            curve = None if experiment is None else next(curves)
            if experiment is None or curve is None:
                found.append(math.nan)
            else:
                found.append(sigma50(experiment, curve))
        return found

    def _measuring(self) -> str:
        complete = [
            curve is not None and curve.complete
            for watch in self.curves
            for curve in watch.curves()
        ]
        return f"Measuring robustness: {sum(complete)} of {len(complete)} networks complete"

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return list(dict.fromkeys(network for part in self.parts for network in part.networks))

    def status(self) -> Status:
        """How far both are."""
        version = self.version
        found = [part.status() for part in self.parts]
        states = {status.state for status in found}
        state = next((state for state in ORDER if state in states), j.DONE)
        message = next(status.message for status in found if status.state == state)
        if state == j.RUNNING and found[0].finished:
            message = self._measuring()
        progress = sum(status.progress for status in found) / len(found)
        seconds = sum(status.seconds for status in found)
        stored = all(status.stored for status in found)
        return Status(version, state, message, progress, seconds, stored)
