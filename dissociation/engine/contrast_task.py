"""The work of comparing two networks."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.core.similarity.comparing import in_turns, steps_of
from dissociation.core.similarity.comparison import Comparison
from dissociation.engine.library import Library
from dissociation.engine.task import Step, Steps, Task
from dissociation.engine.tasks import still_to_train, trained_network


class ContrastTask(Task):
    """Compares the two networks of a comparison; publishes its `ComparisonResult` so far."""

    def __init__(self, library: Library, comparison: Comparison):
        self.library, self.comparison = library, comparison
        self.asked = comparison
        self.digests = (comparison.digest(),)
        # Both sides may be the same trained network.
        plans = dict.fromkeys((side.recipe, side.seed) for side in comparison.sides)
        self.needs = still_to_train(library, plans)

    def run(self) -> Iterator[Steps]:
        """See [`Task.run`][]."""
        total = steps_of(self.comparison)
        # Nobody looks before it is offered to be done ahead.
        if (found := self.library.findings(self.comparison)) is not None:
            yield Step(total, total, found)
            return
        first, second = (
            trained_network(self.library, side.recipe, side.seed) for side in self.comparison.sides
        )
        done = 0
        for findings in in_turns(self.comparison, (first, second)):
            if findings is None:
                yield None
                continue
            done += 1
            if done == total:
                self.library.save_findings(self.comparison, findings)
            yield Step(done, total, findings)
