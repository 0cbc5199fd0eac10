"""What the Causes page watches: the findings of one study, stored or on their way."""

from __future__ import annotations

from dissociation.core.theory.causes import NoiseDecomposition
from dissociation.core.theory.causes_findings import NoiseDecompositionResult
from dissociation.engine.causes_task import CausesTask
from dissociation.engine.jobs import Jobs
from dissociation.engine.library import Library
from dissociation.engine.study_watch import StudyWatch


class CausesWatch(StudyWatch[NoiseDecompositionResult]):
    """The findings of one study."""

    doing = ("Tracing the noise through the network", "Sampling noise")

    def __init__(self, library: Library, jobs: Jobs, study: NoiseDecomposition):
        self.study = study
        stored = library.causes(study)
        super().__init__(library, jobs, study, stored, lambda: CausesTask(library, study))

    def sample(self, found: NoiseDecompositionResult | None) -> str:
        """See [`StudyWatch.sample`][]."""
        if found is None:
            return ""
        samples = int(found.measured.samples.max())
        draws, rest = divmod(samples, found.sources.images)
        if not samples:
            return f"{found.sources.images:,} images, no noise drawn yet"
        if draws and not rest:
            return f"{found.sources.images:,} images × {draws} draw{'' if draws == 1 else 's'}"
        return f"{found.sources.images:,} images, {samples:,} draws"
