"""What a chart with predicted curves watches: curves as ever, and what theory says of them."""

from __future__ import annotations

from dissociation.core.experiment import Experiment
from dissociation.core.theory import Prediction, SeedPrediction, predictable
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.jobs import Job
from dissociation.engine.theory_records import theory_digest
from dissociation.engine.theory_task import TheoryTask

#: Predictions that come before measured points, each some tenths of a second, and from how many
#: jobs on there are none, because others wait for theirs.
FIRST, FEW_JOBS = 2, 12


class TheoryWatch(CurveWatch):
    """The curves of several conditions, with those predicted by theory."""

    def _start(self) -> None:
        """See [`CurveWatch`][]; what is expected is there before it is measured, if soon."""
        self._known: dict[str, SeedPrediction] = {}
        self._theory_job: dict[str, Job] = {}
        runs = [e.canonical() for e in self.experiments if predictable(e.measure)]
        few = sum(self.jobs.counts().values()) < FEW_JOBS
        for run in runs if few else []:
            self._predict(run, first=len(set(self._theory_job.values())) < FIRST)
        super()._start()
        for run in runs if not few else []:
            self._predict(run)

    def _predict(self, experiment: Experiment, *, first: bool = False) -> None:
        names = {theory_digest(experiment, seed): seed for seed in range(experiment.seeds)}
        for name, seed in names.items():
            found = self.library.prediction(experiment, seed)
            if found is not None:
                self._known[name] = found
        # Again, because another visitor's job may turn up that computes only some.
        while missing := [n for n in names if n not in self._known and n not in self._theory_job]:
            seeds = tuple(names[name] for name in missing)
            for group in self._ready_together(experiment.recipe, seeds):
                task = TheoryTask(self.library, experiment, group, first=first)
                job = self._submit(task, at_once=first)
                self._theory_job |= {name: job for name in missing if name in job.task.digests}

    def _prediction(self, name: str) -> SeedPrediction | None:
        if name in self._known or name not in self._theory_job:
            return self._known.get(name)
        step = self.jobs.snapshot(self._theory_job[name]).step
        return None if step is None else step.result.get(name)

    def predictions(self) -> list[Prediction | None]:
        """One a condition as far as it is known; `None` if nothing is."""
        found: list[Prediction | None] = []
        for experiment in self.experiments:
            run = experiment.canonical()
            named = (theory_digest(run, seed) for seed in range(run.seeds))
            seeds = [known for name in named if (known := self._prediction(name)) is not None]
            found.append(Prediction(run.measure.x, tuple(seeds)) if seeds else None)
        return found

    def _last_words(self) -> str:
        """See [`CurveWatch`][]: what is still to come once the curves are complete."""
        jobs = self._theory_job.values()
        return super()._last_words() if all(j.finished for j in jobs) else "refining the theory"
