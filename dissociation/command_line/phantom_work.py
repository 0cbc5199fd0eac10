"""What the study of a phantom finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dissociation.command_line.text_tables import aligned
from dissociation.command_line.work import Part
from dissociation.core.phantom import files as phantom_files
from dissociation.core.phantom.study import PhantomFindings, PhantomStudy
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.phantom_watch import PhantomWatch


@dataclass(frozen=True)
class PhantomWork:
    """The findings of one `study`."""

    study: PhantomStudy
    noun = "studies"

    def names(self) -> list[str]:
        """The phantom."""
        return [self.study.phantom.describe()]

    def parts(self) -> list[Part]:
        """One."""
        watch = partial(Lab.watch_phantom, study=self.study)
        return [Part([0], float(self.study.steps), watch, _findings)]

    def stored(self, library: Library) -> list[PhantomFindings | None]:
        """Complete findings."""
        return [library.phantom(self.study)]

    def check_csv(self) -> None:
        """It always fits."""

    def as_text(self, results: Sequence[PhantomFindings]) -> str:
        """A row a noise scale."""
        (found,) = results
        rows = [[f"{value:.4g}" for value in row] for row in phantom_files.rows(self.study, found)]
        return aligned([list(phantom_files.COLUMNS), *rows]) + "\n"

    def as_csv(self, results: Sequence[PhantomFindings]) -> str:
        """As the page gives it."""
        return phantom_files.as_csv(self.study, results[0])

    def as_json(self, results: Sequence[PhantomFindings]) -> str:
        """All but the pictures, with the complete study."""
        return phantom_files.as_json(self.study, results[0])


def _findings(watch: PhantomWatch) -> list[PhantomFindings | None]:
    return [watch.findings()]
