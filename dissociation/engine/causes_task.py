"""The work of finding the causes of fragility, and the norms of networks."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.core.similarity.comparison import NetworkSpec
from dissociation.core.theory.causes import NoiseDecomposition, stream
from dissociation.core.theory.norms import network_norms, norms_digest
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library
from dissociation.engine.tasks import still_to_train, trained_network


class CausesTask(Task):
    """Traces and samples one network's noise; publishes its `NoiseDecompositionResult` so far."""

    def __init__(self, library: Library, study: NoiseDecomposition):
        self.library, self.study = library, study
        self.asked = study
        self.digests = (study.digest(),)
        self.needs = still_to_train(library, [(study.recipe, study.seed)])

    def run(self) -> Iterator[Step | None]:
        """See [`Task.run`][]."""
        trained = trained_network(self.library, self.study.recipe, self.study.seed)
        done = 0
        for found in stream(self.study, trained):
            if found is None:
                yield None
                continue
            done += 1
            if done == self.study.steps:
                self.library.save_causes(self.study, found)
            yield Step(done, self.study.steps, found)


class NormsTask(Task):
    """Measures the norms of one rewritten network; publishes its `Norms`.

    **Arguments:**

    - `side`: the network; `key`: of its random rewrites.
    """

    def __init__(self, library: Library, side: NetworkSpec, key: int):
        self.library, self.side, self.key = library, side, key
        self.asked = NoiseDecomposition(side.manipulations, side.recipe, side.seed)
        self.digests = (norms_digest(side, key),)
        self.needs = still_to_train(library, [(side.recipe, side.seed)])

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        trained = trained_network(self.library, self.side.recipe, self.side.seed)
        norms = network_norms(self.side.rewritten(trained, self.key))
        self.library.save_norms(self.side, self.key, norms)
        yield Step(1, 1, norms)
