"""The work of a study."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.core.study import Study
from dissociation.engine.library import Library
from dissociation.engine.task import Step, Steps, Task
from dissociation.engine.tasks import still_to_train, trained_network


class StudyTask(Task):
    """Computes one study; publishes its result so far, and stores it once it is complete."""

    def __init__(self, library: Library, study: Study):
        self.library, self.study = library, study
        self.asked = study
        self.digests = (study.digest(),)
        self.needs = still_to_train(library, study.needs())

    def run(self) -> Iterator[Steps]:
        """See [`Task.run`][]."""
        # Nobody looks before it is offered to be done ahead.
        if (known := self.library.result(self.study)) is not None:
            yield Step(1.0, 1.0, known)
            return
        networks = (trained_network(self.library, *plan) for plan in self.study.needs())
        for found in self.study.stream(*networks):
            if found is None:
                yield None
                continue
            if found.complete:
                self.library.save(found)
            yield Step(found.progress, 1.0, found)
