"""What the Phantom page watches: the findings of one study, stored or on their way."""

from __future__ import annotations

from dissociation.core.phantom.study import PhantomFindings, PhantomStudy
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.phantom_task import PhantomTask
from dissociation.engine.study_watch import StudyWatch


class PhantomWatch(StudyWatch[PhantomFindings]):
    """The findings of one study."""

    doing = ("Solving for the picture", "Adding noise")

    def __init__(self, library: Library, jobs: Jobs, study: PhantomStudy):
        self.study = study
        stored = library.phantom(study)
        super().__init__(library, jobs, study, stored, lambda: PhantomTask(library, study))

    def sample(self, found: PhantomFindings | None) -> str:
        """See [`StudyWatch.sample`][]."""
        count = 0 if found is None else len(found.legibility)
        return f"{count} draw{'' if count == 1 else 's'} of noise" if count else ""
