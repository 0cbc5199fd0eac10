"""What the Bridge page watches: σ50 of many networks, stored or on their way, and their norms."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from itertools import groupby

from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import SeedCurve
from dissociation.core.networks.training import Recipe
from dissociation.core.theory.bridge import Candidate, Point, sigma50
from dissociation.core.theory.norms import NetworkNorms, NormsResult
from dissociation.engine import jobs as j
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.study_task import StudyTask
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message


def stored_curve(library: Library, candidate: Candidate) -> tuple[Experiment, SeedCurve] | None:
    """The best curve of a candidate's network that is complete, and what it is of."""
    for experiment in candidate.experiments:
        found = library.curve(experiment, candidate.side.seed)
        if found is not None:
            return experiment, found.curve
    return None


def stored_point(library: Library, candidate: Candidate) -> Point | None:
    """A candidate's σ50 and norms, if both are stored."""
    found, norms = (
        stored_curve(library, candidate),
        library.result(NetworkNorms(candidate.side, candidate.key)),
    )
    if found is None or norms is None:
        return None
    experiment, curve = found
    return Point(candidate.side, experiment, sigma50(experiment, curve), norms.norms)


class BridgeWatch(Watch):
    """σ50 and norms of networks.

    **Arguments:**

    - `candidates`: the networks; those without a stored curve are measured if `compute` and they
      are wanted, and otherwise left out.
    """

    feature = "bridge"

    def __init__(
        self, library: Library, jobs: Jobs, candidates: Sequence[Candidate], *, compute: bool
    ):
        super().__init__(library, jobs)
        self.curves: list[CurveWatch] = []
        self._norms: dict[int, NormsResult | Job] = {}
        self._of: dict[int, tuple[Experiment, SeedCurve] | tuple[CurveWatch, int]] = {}
        missing = []
        self.candidates = list(candidates)
        for number, candidate in enumerate(self.candidates):
            found = stored_curve(library, candidate)
            if found is not None:
                self._of[number] = found
            elif compute and candidate.wanted:
                missing.append(number)
        for number in self._of:
            self._find_norms(library, number)
        self._measure(library, missing)
        self.stored = not self.watched and not self.curves

    def _find_norms(self, library: Library, number: int) -> None:
        study = NetworkNorms(self.candidates[number].side, self.candidates[number].key)
        self._norms[number] = library.result(study) or self._submit(StudyTask(library, study))

    def _measure(self, library: Library, missing: Sequence[int]) -> None:
        def rewrites(number: int) -> list[str]:
            return [step.name for step in self.candidates[number].side.manipulations]

        # Measured together, all rewrites would have their first points at once, but late.
        for _, alike in groupby(missing, rewrites):
            numbers = list(alike)
            # A point needs both: with all curves first, the first point would be the last curve's.
            for number in numbers:
                self._find_norms(library, number)
            asked = [
                dataclasses.replace(
                    self.candidates[number].experiments[0],
                    seeds=self.candidates[number].side.seed + 1,
                )
                for number in numbers
            ]
            # They are not asked here whether they are the same function.
            watch = CurveWatch(
                library,
                self.jobs,
                asked,
                checked=False,
                before=len(self.curves),
                seeds=[(self.candidates[number].side.seed,) for number in numbers],
            )
            self.curves.append(watch)
            self._of |= {number: (watch, place) for place, number in enumerate(numbers)}
            self.watched += [job for job in watch.watched if job not in self.watched]

    def renew(self) -> None:
        """See [`Watch.renew`][]."""
        self.seen = time.monotonic()
        super().renew()
        for watch in self.curves:
            watch.renew()

    def release(self) -> None:
        """See [`Watch.release`][]."""
        super().release()
        for watch in self.curves:
            watch.release()

    def cancel(self) -> None:
        """See [`Watch.cancel`][]."""
        super().cancel()
        for watch in self.curves:
            watch.cancel()

    @property
    def known(self) -> set[int]:
        """Positions of the candidates that are measured or being measured."""
        return set(self._of)

    def _sigma50(self, number: int) -> tuple[Experiment, float] | None:
        """σ50, once it rests on all images: a law through others would mix easy and hard ones."""
        first, second = self._of[number]
        if isinstance(second, SeedCurve):
            assert isinstance(first, Experiment)
            return first, sigma50(first, second)
        assert isinstance(first, CurveWatch)
        experiment = first.experiments[second]
        curve = first.complete_seeds(second).get(experiment.seeds - 1)
        return None if curve is None else (experiment, sigma50(experiment, curve))

    def _known_norms(self, number: int) -> NormsResult | None:
        found = self._norms[number]
        if not isinstance(found, Job):
            return found
        step = self.jobs.snapshot(found).step
        return None if step is None else step.result

    def points(self) -> dict[int, Point]:
        """What is known so far, by the position of the candidate: those whose σ50 and norms are."""
        found = {}
        for number in sorted(self._of):
            norms, known = self._known_norms(number), self._sigma50(number)
            if norms is not None and known is not None:
                experiment, half = known
                side = self.candidates[number].side
                found[number] = Point(side, experiment, half, norms.norms)
        return found

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        sides = [self.candidates[number].side for number in sorted(self._of)]
        return list(dict.fromkeys((side.recipe, side.seed) for side in sides))

    def status(self) -> Status:
        """How far both are."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self.watched]
        state = self._state(snapshots, waiting=TRAINING)
        if self.cancelled and state != j.DONE:
            state = j.CANCELLED
        parts = [watch.status() for watch in self.curves]
        norms = [job for job in self._norms.values() if isinstance(job, Job)]
        shares = [status.progress for status in parts]
        if norms:
            shares.append(sum(job.finished for job in norms) / len(norms))
        progress = 1.0 if state == j.DONE else min(sum(shares) / max(len(shares), 1), 0.999)
        seconds = sum(s.seconds for s in snapshots)
        return Status(
            version, state, self._message(state, snapshots), progress, seconds, self.stored
        )

    def _complete(self) -> int:
        known = [number for number in self._of if self._known_norms(number) is not None]
        return sum(
            isinstance(second, SeedCurve)
            or self.candidates[number].side.seed in first.complete_seeds(second)  # type: ignore
            for number in known
            for first, second in [self._of[number]]
        )

    def _message(self, state: str, snapshots: Sequence[j.JobSnapshot]) -> str:
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        if state == TRAINING:
            return "Training the network first"
        complete = self._complete()
        if state == j.QUEUED and not complete:
            return queue_message(snapshots)
        sample = f"{complete} of {len(self._of)} networks"
        words = {j.CANCELLED: f"Cancelled at {sample}.", j.DONE: f"Complete: {complete} networks."}
        return words.get(state, f"Measuring robustness and norms: {sample}")
