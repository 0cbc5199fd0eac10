"""Curves by way of the lab: computed if need be, and stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dissociation.command_line.refusals import Failed
from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.watch import CurveWatch
from dissociation.engine.words import Status
from dissociation.experiment import Experiment
from dissociation.measures.base import Curve

#: Called with the share that is done and a sentence.
Report = Callable[[float, str], None]
#: As many conditions as a page shows at most; more at once would only take more memory.
TOGETHER = 12
#: Seconds between two looks.
PAUSE = 0.1


class Outcome(NamedTuple):
    """Complete curves, one an experiment, and whether nothing had to be computed for them."""

    curves: list[Curve]
    stored: bool


def compute(lab: Lab, experiments: Sequence[Experiment], report: Report) -> Outcome:
    """Curves, from the store or computed and stored, with the checks that a page shows beside them.

    **Raises:** `Failed` with the lab's words if a job failed.
    """
    found: dict[int, Curve] = {}
    stored = True
    whole = sum(map(_work, experiments))
    done = 0.0
    for positions in _groups(experiments):
        group = [experiments[position] for position in positions]
        share = sum(map(_work, group)) / whole

        def tell(status: Status, done: float = done, share: float = share) -> None:
            report(done + share * status.progress, status.message)

        outcome = _follow(lab, group, tell)
        found.update(zip(positions, outcome.curves, strict=True))
        stored = stored and outcome.stored
        done += share
    report(1.0, "Stored already." if stored else "Complete.")
    return Outcome([found[position] for position in range(len(experiments))], stored)


def _work(experiment: Experiment) -> float:
    return float(experiment.measure.total.sum()) * experiment.seeds


def _groups(experiments: Sequence[Experiment]) -> list[list[int]]:
    """Positions of experiments that the lab measures together, as it does for a page."""
    alike: dict[tuple, list[int]] = {}
    for position, experiment in enumerate(experiments):
        key = (experiment.measure, experiment.recipe, experiment.key)
        alike.setdefault(key, []).append(position)
    return [
        positions[first : first + TOGETHER]
        for positions in alike.values()
        for first in range(0, len(positions), TOGETHER)
    ]


def _follow(lab: Lab, experiments: list[Experiment], tell: Callable[[Status], None]) -> Outcome:
    while True:
        watch = lab.watch_curves(experiments)
        try:
            status = _wait(watch, tell)
            if status.state == j.FAILED:
                raise Failed(status.message)
            if status.state == j.DONE:
                curves = [curve for curve in watch.curves() if curve is not None]
                return Outcome(curves, watch.all_stored)
            # The process was suspended (Ctrl-Z) for longer than a lease; what is missing is asked
            # for again.
        finally:
            lab.release(watch)


def _wait(watch: CurveWatch, tell: Callable[[Status], None]) -> Status:
    while not (status := watch.status()).finished:
        tell(status)
        time.sleep(PAUSE)
        watch.renew()
    return status
