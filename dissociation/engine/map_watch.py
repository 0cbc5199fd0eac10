"""What a map watches: contrasts and, where robustness is an axis, curves; both as one."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from dissociation.contrasts import Contrast
from dissociation.engine import jobs as j
from dissociation.engine.contrast_watch import ContrastWatch
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.watch import ORDER, CurveWatch, Watch
from dissociation.engine.words import Status
from dissociation.experiment import Experiment
from dissociation.statistics import half_ways


class MapWatch(Watch):
    """The findings of contrasts, and the σ50 of networks.

    **Arguments:**

    - `experiments`: one a contrast, whose last network's σ50 is wanted; `None` where it has none.
        Empty if no robustness is wanted at all.
    """

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        contrasts: Sequence[Contrast],
        experiments: Sequence[Experiment | None] = (),
    ):
        super().__init__(jobs)
        self.experiments = list(experiments) or [None] * len(contrasts)
        self.parts: list[Watch] = []
        self.contrasts = ContrastWatch(library, jobs, contrasts)
        self.parts.append(self.contrasts)
        measured = [experiment for experiment in self.experiments if experiment is not None]
        self.curves: CurveWatch | None = None
        if measured:
            # The contrasts say how far the function has moved.
            self.curves = CurveWatch(library, jobs, measured, checked=False)
            self.parts.append(self.curves)
        self.watched = [job for part in self.parts for job in part.watched]

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

    def half_ways(self) -> list[float]:
        """σ50 a contrast, as its curve is so far; NaN if there is none, or it does not cross."""
        curves = iter([] if self.curves is None else self.curves.curves())
        found = []
        for experiment in self.experiments:
            curve = None if experiment is None else next(curves)
            # Networks whose curves have not begun are left out of it, the last one first of all.
            if experiment is None or curve is None or len(curve.seeds) < experiment.seeds:
                found.append(math.nan)
            else:
                found.append(float(half_ways(curve, experiment.measure.chance)[-1]))
        return found

    def status(self) -> Status:
        """How far both are."""
        version = self.version
        found = [part.status() for part in self.parts]
        states = {status.state for status in found}
        state = next((state for state in ORDER if state in states), j.DONE)
        # The curves take longest, so their words come first.
        message = next(status.message for status in reversed(found) if status.state == state)
        progress = sum(status.progress for status in found) / len(found)
        seconds = sum(status.seconds for status in found)
        stored = all(status.stored for status in found)
        return Status(version, state, message, progress, seconds, stored)
