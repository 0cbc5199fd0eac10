"""What a chart of curves watches: those of its conditions, what theory predicts, and checks."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.core.curves import MeasuredCurve, NetworkCurve, curve_of, curve_studies
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.same_function import check_studies
from dissociation.core.study import Result, Study
from dissociation.core.theory import Prediction, prediction_of, prediction_studies
from dissociation.engine import jobs as j
from dissociation.engine.jobs import Jobs, JobSnapshot
from dissociation.engine.library import Library
from dissociation.engine.study_watch import Group, StudyWatch
from dissociation.engine.watch import TRAINING
from dissociation.engine.words import queue_message, sample_size

#: Predictions that come before measured points, each some tenths of a second, and from how many
#: jobs on there are none, because others wait for theirs.
FIRST, FEW_JOBS = 2, 12


def _flat(studies: Sequence[Sequence[Study]]) -> list[Study]:
    # Exact rewrites have one curve, and one prediction.
    return list(dict.fromkeys(study for some in studies for study in some))


class CurveWatch(StudyWatch):
    """The curves of several conditions, with checks of what rewrites have left of the function.

    **Arguments:**

    - `experiments`: those that differ in nothing but their manipulations are measured together.
    - `pair`: positions of two of them, A and B, whose paired difference is wanted, too.
    - `predicted`: whether with what theory predicts.
    """

    feature = "curves"

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        experiments: Sequence[Experiment],
        pair: tuple[int, int] | None = None,
        *,
        predicted: bool = False,
    ):
        self.experiments, self.pair, self.predicted = list(experiments), pair, predicted
        self._curves = [curve_studies(experiment) for experiment in self.experiments]
        self._checks = [check_studies(experiment) for experiment in self.experiments]
        told = [prediction_studies(experiment) for experiment in self.experiments]
        self._theory = told if predicted else [() for _ in told]
        theory, curves, checks = map(_flat, (self._theory, self._curves, self._checks))
        groups = [Group(curves), Group(checks)]
        # What is expected is there before it is measured, if soon.
        few = sum(jobs.counts().values()) < FEW_JOBS
        groups.insert(0 if few else len(groups), Group(theory, FIRST if few else 0))
        super().__init__(library, jobs, groups)

    def complete_seeds(self, position: int) -> dict[int, SeedCurve]:
        """The complete curves of one condition, by the number of their network."""
        found = self._known(self._curves[position])
        return {seed: one.curve for seed, one in found.items() if one.complete}

    def curves(self) -> list[Curve | None]:
        """One curve a condition as far as it is known; `None` if nothing is."""
        return [
            curve_of(experiment, self._known(studies))
            for experiment, studies in zip(self.experiments, self._curves, strict=True)
        ]

    def _known(self, studies: Sequence[NetworkCurve]) -> dict[int, MeasuredCurve]:
        found = ((study.seed, self.result(study)) for study in studies)
        return {seed: one for seed, one in found if one is not None}

    def checks(self) -> list[tuple[FunctionCheck, ...] | None]:
        """One tuple of checks a condition, `None` where not known (or nothing was rewritten)."""
        found: list[tuple[FunctionCheck, ...] | None] = []
        for studies in self._checks:
            results = [self.result(study) for study in studies]
            whole = results and None not in results
            found.append(tuple(one.check for one in results) if whole else None)
        return found

    def predictions(self) -> list[Prediction | None]:
        """One a condition as far as it is known; `None` if nothing is."""
        return [
            prediction_of(experiment, [self.result(study) for study in studies])
            for experiment, studies in zip(self.experiments, self._theory, strict=True)
        ]

    def _alike(self, curves: Sequence[Curve | None]) -> list[Curve | None]:
        """The curves that rest on as much as the first when they are complete."""
        first = self.experiments[0]
        settings = (first.measure, first.seeds)
        pairs = zip(self.experiments, curves, strict=True)
        return [curve for e, curve in pairs if (e.measure, e.seeds) == settings]

    def _message(
        self, state: str, snapshots: Sequence[JobSnapshot], results: Sequence[Result | None]
    ) -> str:
        experiment, curves = self.experiments[0], self.curves()
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        sample = sample_size(experiment, self._alike(curves))
        if state == TRAINING and any(curve is not None for curve in curves):
            return f"Measuring: {sample}; training the next network"
        if state == TRAINING:
            needed = [need for job in self.watched for need in job.needs if not need.finished]
            steps = [self.jobs.snapshot(job).step for job in needed]
            least = min((0.0 if step is None else step.done for step in steps), default=0.0)
            epochs = experiment.recipe.epochs
            return f"Training the networks first: epoch {least:.1f} of {epochs}"
        measured = all(found is not None and found.complete for found in results)
        if state in (j.QUEUED, j.RUNNING) and measured:
            return f"Complete: {sample}; {self._last_words()}."
        if state == j.QUEUED and not all(curves):
            return queue_message(snapshots)
        if state == j.CANCELLED:
            return f"Cancelled at {sample}."
        if state == j.DONE:
            return f"Complete: {sample}."
        begun = any(curve is not None for curve in curves)
        return f"Measuring: {sample}" if begun else "Measuring: preparing the networks"

    def _last_words(self) -> str:
        """What is still to come once the curves are complete."""
        jobs = (self.job_of(study) for studies in self._theory for study in studies)
        finished = all(job is None or job.finished for job in jobs)
        return "verifying the function" if finished else "refining the theory"
