"""The work of a phantom's study."""

from __future__ import annotations

from collections.abc import Iterator

from dissociation.core.phantom.study import PhantomStudy, stream
from dissociation.engine.jobs import Step, Task
from dissociation.engine.library import Library
from dissociation.engine.tasks import still_to_train, trained_network


class PhantomTask(Task):
    """Lays a phantom into a network and adds noise; publishes its `PhantomFindings` so far."""

    def __init__(self, library: Library, study: PhantomStudy):
        self.library, self.study = library, study
        self.asked = study
        self.digests = (study.digest(),)
        self.needs = still_to_train(library, [(study.recipe, study.seed)])

    def run(self) -> Iterator[Step]:
        """See [`Task.run`][]."""
        trained = trained_network(self.library, self.study.recipe, self.study.seed)
        for done, findings in enumerate(stream(self.study, trained), 1):
            if done == self.study.steps:
                self.library.save_phantom(self.study, findings)
            yield Step(done, self.study.steps, findings)
