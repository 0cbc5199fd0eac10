"""What one study finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dissociation.cli.work import Part
from dissociation.core.study import Result, Study
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.study_watch import StudyWatch


@dataclass(frozen=True)
class StudyWork:
    """The result of one `study`."""

    study: Study
    noun = "studies"

    def names(self) -> list[str]:
        """Its title."""
        return [self.study.title]

    def parts(self) -> list[Part]:
        """One."""
        watch = partial(Lab.watch_studies, studies=[self.study])
        return [Part([0], 1.0, watch, StudyWatch.results)]

    def stored(self, library: Library) -> list[Result | None]:
        """Its complete result."""
        return [library.result(self.study)]

    def check_csv(self) -> None:
        """It always fits."""

    def as_text(self, results: Sequence[Result]) -> str:
        """In short."""
        return results[0].as_text()

    def as_csv(self, results: Sequence[Result]) -> str:
        """As the page gives it."""
        return results[0].as_csv()

    def as_json(self, results: Sequence[Result]) -> str:
        """All numbers, with the complete study."""
        return results[0].as_json()
