"""The work of comparing two networks."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.comparison import in_turns, steps_of
from dissociation.contrasts import Contrast
from dissociation.engine.library import Library
from dissociation.engine.task import Step, Steps, Task
from dissociation.engine.tasks import still_to_train, trained_network


class ContrastTask(Task):
    """Compares the two networks of a contrast; publishes its `Findings` so far."""

    def __init__(self, library: Library, contrast: Contrast):
        self.library, self.contrast = library, contrast
        self.asked = contrast
        self.digests = (contrast.digest(),)
        # Both sides may be the same trained network.
        plans = dict.fromkeys((side.recipe, side.seed) for side in contrast.sides)
        self.needs = still_to_train(library, plans)

    def run(self) -> Iterator[Steps]:
        """See [`Task.run`][]."""
        total = steps_of(self.contrast)
        # Nobody looks before it is offered to be done ahead.
        if (found := self.library.findings(self.contrast)) is not None:
            yield Step(total, total, found)
            return
        first, second = (
            trained_network(self.library, side.recipe, side.seed) for side in self.contrast.sides
        )
        done = 0
        for findings in in_turns(self.contrast, (first, second)):
            if findings is None:
                yield None
                continue
            done += 1
            if done == total:
                self.library.save_findings(self.contrast, findings)
            yield Step(done, total, findings)
