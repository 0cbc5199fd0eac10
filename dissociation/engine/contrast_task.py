"""The work of comparing two networks."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.contrasts import Contrast, Side, steps_of, stream
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library
from dissociation.engine.tasks import TrainTask
from dissociation.errors import DamagedData
from dissociation.network import Network


class ContrastTask(Task):
    """Compares the two networks of a contrast; publishes its `Findings` so far."""

    def __init__(self, library: Library, contrast: Contrast):
        self.library, self.contrast = library, contrast
        self.digests = (contrast.digest(),)
        untrained = {
            (side.recipe, side.seed): None
            for side in (contrast.first, contrast.second)
            if library.weights(side.recipe, side.seed) is None
        }
        self.needs = tuple(TrainTask(library, *plan) for plan in untrained)

    def _trained(self, side: Side) -> Network:
        network = self.library.network(side.recipe, side.seed)
        if network is None:
            raise DamagedData("A trained network has gone from the store. Please try again.")
        return network

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        networks = self._trained(self.contrast.first), self._trained(self.contrast.second)
        total = steps_of(self.contrast)
        for done, findings in enumerate(stream(self.contrast, networks), 1):
            if done == total:
                self.library.save_findings(self.contrast, findings)
            yield Step(done, total, findings)
