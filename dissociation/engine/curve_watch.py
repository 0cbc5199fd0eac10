"""What a chart of curves watches: those of its conditions, stored or on their way, and checks."""

from __future__ import annotations

from collections.abc import Sequence

from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve, SeedCurve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.networks.training import Recipe
from dissociation.engine import jobs as j
from dissociation.engine.jobs import Job, Jobs, JobSnapshot
from dissociation.engine.library import Library
from dissociation.engine.tasks import CheckTask, MeasureTask
from dissociation.engine.watch import TRAINING, Watch
from dissociation.engine.words import Status, queue_message, sample_size


class CurveWatch(Watch):
    """The curves of several conditions.

    **Arguments:**

    - `experiments`: those that differ in nothing but their manipulations are measured together.
    - `pair`: positions of two of them, A and B, whose paired difference is wanted, too.
    - `checked`: whether to check what rewrites have left of the function.
    - `seeds`: the numbers of the networks of each experiment, if not all of it are wanted.
    - `before`: see [`Watch`][].
    """

    feature = "curves"

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        experiments: Sequence[Experiment],
        pair: tuple[int, int] | None = None,
        *,
        checked: bool = True,
        before: int = 0,
        seeds: Sequence[Sequence[int]] | None = None,
    ):
        super().__init__(library, jobs, before)
        self.experiments = list(experiments)
        self.seeds = seeds or [range(experiment.seeds) for experiment in experiments]
        self.pair = pair
        self._stored: dict[str, SeedCurve] = {}
        self._job_of: dict[str, Job] = {}
        self._seconds = 0.0
        self._checks: dict[int, tuple[FunctionCheck, ...] | Job] = {}
        self._checked = checked
        self._collect()
        self._start()
        self.all_stored = not self.watched

    def _start(self) -> None:
        self._start_missing()
        if self._checked:
            self._start_checks()

    def _units(self) -> dict[str, tuple[Experiment, int]]:
        return {
            experiment.seed_digest(seed): (experiment.canonical(), seed)
            for experiment, wanted in zip(self.experiments, self.seeds, strict=True)
            for seed in wanted
        }

    def _collect(self) -> None:
        for name, (experiment, seed) in self._units().items():
            found = self.library.curve(experiment, seed)
            if found is not None:
                self._stored[name] = found.curve
                self._seconds += found.seconds
            elif (live := self.jobs.find(name)) is not None:
                self._job_of[name] = live
                self._hold(live)

    def _start_missing(self) -> None:
        # Again and again, because another visitor's job may turn up that computes only some.
        while missing := self._missing():
            together: dict[tuple, list[Experiment]] = {}
            for experiment, seeds in missing.items():
                alike = (experiment.measure, experiment.recipe, experiment.key)
                for group in self._ready_together(experiment.recipe, seeds):
                    together.setdefault((group, *alike), []).append(experiment)
            for (seeds, *_), experiments in together.items():
                job = self._submit(MeasureTask(self.library, tuple(experiments), seeds))
                names = (e.seed_digest(seed) for e in experiments for seed in seeds)
                self._job_of |= {name: job for name in names if name in job.task.digests}

    def _ready_together(self, recipe: Recipe, seeds: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Trained networks are measured together, others each as soon as it is trained."""
        trained = tuple(s for s in seeds if self.library.trained(recipe, s))
        later: list[tuple[int, ...]] = [(s,) for s in seeds if s not in trained]
        return [trained, *later] if trained else later

    def _missing(self) -> dict[Experiment, tuple[int, ...]]:
        missing: dict[Experiment, tuple[int, ...]] = {}
        for name, (experiment, seed) in self._units().items():
            if name not in self._stored and name not in self._job_of:
                missing[experiment] = (*missing.get(experiment, ()), seed)
        return missing

    def _start_checks(self) -> None:
        for number, experiment in enumerate(self.experiments):
            if not experiment.manipulations:
                continue
            found = self.library.checks(experiment)
            self._checks[number] = (
                found if found is not None else self._submit(CheckTask(self.library, experiment))
            )

    def _seed_curve(self, name: str) -> SeedCurve | None:
        if name in self._stored:
            return self._stored[name]
        job = self._job_of[name]
        step = self.jobs.snapshot(job).step
        return None if step is None else step.result.get(name)

    def complete_seeds(self, position: int) -> dict[int, SeedCurve]:
        """The complete curves of one condition, by the number of their network."""
        experiment = self.experiments[position]
        found = {}
        for seed in self.seeds[position]:
            curve = self._seed_curve(experiment.seed_digest(seed))
            if curve is not None and bool((curve.images >= experiment.measure.total).all()):
                found[seed] = curve
        return found

    def curves(self) -> list[Curve | None]:
        """One curve a condition as far as it is known; `None` if nothing is."""
        found: list[Curve | None] = []
        for experiment, wanted in zip(self.experiments, self.seeds, strict=True):
            seeds = {
                seed: curve
                for seed in wanted
                if (curve := self._seed_curve(experiment.seed_digest(seed))) is not None
            }
            x, total = experiment.measure.x, experiment.measure.total
            found.append(Curve(x, tuple(seeds.values()), total, tuple(seeds)) if seeds else None)
        return found

    def checks(self) -> list[tuple[FunctionCheck, ...] | None]:
        """One tuple of checks a condition, `None` where not known (or nothing was rewritten)."""
        found: list[tuple[FunctionCheck, ...] | None] = []
        for number in range(len(self.experiments)):
            entry = self._checks.get(number)
            if isinstance(entry, Job):
                step = self.jobs.snapshot(entry).step
                complete = step is not None and step.done >= step.total
                entry = step.result if step is not None and complete else None
            found.append(entry)
        return found

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return list(
            dict.fromkeys(
                (experiment.recipe, seed)
                for experiment, wanted in zip(self.experiments, self.seeds, strict=True)
                for seed in wanted
            )
        )

    def status(self) -> Status:
        """How far the curves are."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self.watched]
        state = self._state(snapshots, waiting=TRAINING)
        curves = self.curves()
        pairs = zip(self.experiments, self.seeds, strict=True)
        total = sum(float(e.measure.total.sum()) * len(wanted) for e, wanted in pairs)
        done = sum(float(s.images.sum()) for c in curves if c is not None for s in c.seeds)
        progress = 1.0 if state == j.DONE else min(done / total, 0.999)
        needed = [need for job in self.watched for need in job.needs if not need.finished]
        seconds = self._seconds + sum(s.seconds for s in snapshots)
        message = self._message(state, snapshots, curves, needed)
        return Status(version, state, message, progress, seconds, self.all_stored)

    def _alike(self, curves: Sequence[Curve | None]) -> list[Curve | None]:
        """The curves that rest on as much as the first when they are complete."""
        first = self.experiments[0]
        settings = (first.measure, first.seeds)
        pairs = zip(self.experiments, curves, strict=True)
        return [curve for e, curve in pairs if (e.measure, e.seeds) == settings]

    def _all_measured(self, curves: Sequence[Curve | None]) -> bool:
        return all(
            curve is not None and len(curve.seeds) == len(wanted) and curve.complete
            for wanted, curve in zip(self.seeds, curves, strict=True)
        )

    def _message(
        self,
        state: str,
        snapshots: Sequence[JobSnapshot],
        curves: Sequence[Curve | None],
        needed: Sequence[Job],
    ) -> str:
        experiment = self.experiments[0]
        if state == j.FAILED:
            return next(s.error for s in snapshots if s.state == j.FAILED)
        sample = sample_size(experiment, self._alike(curves))
        if state == TRAINING and any(curve is not None for curve in curves):
            return f"Measuring: {sample}; training the next network"
        if state == TRAINING:
            steps = [self.jobs.snapshot(job).step for job in needed]
            least = min((0.0 if step is None else step.done for step in steps), default=0.0)
            epochs = experiment.recipe.epochs
            return f"Training the networks first: epoch {least:.1f} of {epochs}"
        if state in (j.QUEUED, j.RUNNING) and self._all_measured(curves):
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
        return "verifying the function"
