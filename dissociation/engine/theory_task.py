"""The work of predicting curves by theory."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from dissociation.core.experiment import Experiment
from dissociation.core.theory import CHUNK, SeedPrediction, stream_network, total_images
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library
from dissociation.engine.tasks import still_to_train, to_measure, trained_network
from dissociation.engine.theory_records import theory_digest

#: Seconds by which measured curves are preferred, before there is a first prediction and after it.
LATER, THEN = 1e-6, 3.0


class TheoryTask(Task):
    """Predicts the curve of one condition on some seeds, one after the other.

    Publishes `{plan digest: SeedPrediction}` so far, in images. To refine a first prediction there
    is time.

    **Arguments:**

    - `first`: whether there is a first prediction before what is asked for after it; else measured
        curves have their first points first.
    """

    def __init__(
        self,
        library: Library,
        experiment: Experiment,
        seeds: tuple[int, ...],
        *,
        first: bool = False,
    ):
        self.library, self.seeds = library, seeds
        self.experiment = experiment.canonical()
        self.asked = [dataclasses.replace(self.experiment, seeds=1)]
        self.digests = tuple(theory_digest(self.experiment, seed) for seed in seeds)
        self.penalty = 0.0 if first else LATER
        self.needs = still_to_train(library, [(experiment.recipe, seed) for seed in seeds])

    def run(self) -> Iterator[Step | None]:
        """See [`Task.run`][]."""
        measure = self.experiment.measure
        total = float(total_images(measure) * len(self.seeds))
        found: dict[str, SeedPrediction] = {}
        for seed, name in zip(self.seeds, self.digests, strict=True):
            network = trained_network(self.library, self.experiment.recipe, seed)
            arguments = to_measure([self.experiment], [network], [seed])
            for news in stream_network(measure, arguments["networks"][0][0]):
                if news is None:
                    yield None
                    continue
                found = {**found, name: news}
                if news.complete:
                    self._save(seed, news)
                # A preview is better than nothing, but not for long.
                if news.images >= min(CHUNK, news.total):
                    self.penalty = THEN
                yield Step(float(sum(p.images for p in found.values())), total, found)

    def _save(self, seed: int, prediction: SeedPrediction) -> None:
        weights = self.library.weights(self.experiment.recipe, seed)
        if weights is not None:
            self.library.save_prediction(self.experiment, seed, weights, prediction)
