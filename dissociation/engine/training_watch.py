"""What a training chart watches: the histories of some seeds of a recipe."""

from __future__ import annotations

from dissociation.core.networks.training import Recipe
from dissociation.engine import jobs as j
from dissociation.engine.jobs import Job, Jobs
from dissociation.engine.library import Library
from dissociation.engine.records import History
from dissociation.engine.tasks import TrainTask
from dissociation.engine.watch import Watch
from dissociation.engine.words import Status, training_message


class TrainingWatch(Watch):
    """The training of some seeds of a recipe."""

    feature = "curves"

    def __init__(self, library: Library, jobs: Jobs, recipe: Recipe, seeds: int):
        super().__init__(library, jobs)
        self.recipe = recipe
        self.seeds = seeds
        self._stored: dict[int, History] = {}
        self._jobs: dict[int, Job] = {}
        for seed in range(seeds):
            history = library.history(recipe, seed)
            if history is not None and library.trained(recipe, seed):
                self._stored[seed] = history
            else:
                self._jobs[seed] = self._submit(TrainTask(library, recipe, seed))

    def histories(self) -> list[History]:
        """One history a seed, empty for those not begun."""
        found = []
        for seed in range(self.seeds):
            if seed in self._stored:
                found.append(self._stored[seed])
                continue
            step = self.jobs.snapshot(self._jobs[seed]).step
            found.append(History() if step is None else step.result)
        return found

    @property
    def networks(self) -> list[tuple[Recipe, int]]:
        """See [`Watch.networks`][]."""
        return [(self.recipe, seed) for seed in range(self.seeds)]

    def status(self) -> Status:
        """How far the training is."""
        version = self.version
        snapshots = [self.jobs.snapshot(job) for job in self._jobs.values()]
        state = self._state(snapshots, waiting=j.QUEUED)
        histories = self.histories()
        epochs = max(self.recipe.epochs, 1)
        done = sum((h.epochs[-1] if h.epochs else 0.0) for h in histories)
        progress = 1.0 if state == j.DONE else done / (epochs * self.seeds)
        seconds = sum(history.seconds for history in histories)
        message = training_message(state, snapshots, histories, self.recipe)
        return Status(version, state, message, progress, seconds, not self._jobs)
