"""What contrasts find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dissociation import findings_files
from dissociation.address.names import side_name
from dissociation.command_line.text_tables import findings_as_text
from dissociation.command_line.work import Part
from dissociation.comparison import Findings, steps_of
from dissociation.contrasts import Contrast
from dissociation.engine.contrast_watch import ContrastWatch
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library


@dataclass(frozen=True)
class ContrastWork:
    """The findings of `contrasts`."""

    contrasts: list[Contrast]
    noun = "comparisons"

    def names(self) -> list[str]:
        """The second network of each."""
        return [side_name(contrast.second) for contrast in self.contrasts]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        weight = float(sum(map(steps_of, self.contrasts)))
        watch = partial(Lab.watch_contrasts, contrasts=self.contrasts)
        return [Part(list(range(len(self.contrasts))), weight, watch, _findings)]

    def stored(self, library: Library) -> list[Findings | None]:
        """Complete findings."""
        return [library.findings(contrast) for contrast in self.contrasts]

    def check_csv(self) -> None:
        """They always fit."""

    def as_text(self, findings: Sequence[Findings]) -> str:
        """A row a measure of a single pair, or a row a contrast."""
        return findings_as_text(self.contrasts, findings)

    def as_csv(self, findings: Sequence[Findings]) -> str:
        """As the page gives it."""
        return findings_files.as_csv(self.contrasts, findings)

    def as_json(self, findings: Sequence[Findings]) -> str:
        """All values, with the complete contrasts."""
        return findings_files.as_json(self.contrasts, findings)


def _findings(watch: ContrastWatch) -> list[Findings | None]:
    return watch.findings()
