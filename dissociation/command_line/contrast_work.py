"""What contrasts find."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from dissociation import findings_files
from dissociation.address.names import side_name
from dissociation.command_line.text_tables import findings_as_text
from dissociation.command_line.work import Part
from dissociation.comparison import Findings, steps_of
from dissociation.contrasts import Contrast
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.map_watch import MapWatch, stored_half_way
from dissociation.experiment import Experiment


class Found(NamedTuple):
    """What a contrast found, and its second network's σ50: NaN if it has none."""

    findings: Findings
    half_way: float


@dataclass(frozen=True)
class ContrastWork:
    """The findings of `contrasts`.

    - `experiments`: one a contrast, whose last network's σ50 is wanted; `None` where there is none.
        Empty where robustness is not asked for.
    """

    contrasts: list[Contrast]
    experiments: Sequence[Experiment | None] = ()
    noun = "comparisons"

    def names(self) -> list[str]:
        """The second network of each."""
        return [side_name(contrast.second) for contrast in self.contrasts]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        weight = float(sum(map(steps_of, self.contrasts)))
        watch = partial(Lab.watch_map, contrasts=self.contrasts, experiments=self.experiments)
        return [Part(list(range(len(self.contrasts))), weight, watch, _found)]

    def stored(self, library: Library) -> list[Found | None]:
        """Complete findings, with σ50 where it is asked for."""
        experiments = self.experiments or [None] * len(self.contrasts)
        pairs = zip(self.contrasts, experiments, strict=True)
        return [_stored(library, contrast, experiment) for contrast, experiment in pairs]

    def check_csv(self) -> None:
        """They always fit."""

    def as_text(self, found: Sequence[Found]) -> str:
        """A row a measure of a single pair, or a row a contrast."""
        return findings_as_text(self.contrasts, *self._columns(found))

    def as_csv(self, found: Sequence[Found]) -> str:
        """As the page gives it."""
        return findings_files.as_csv(self.contrasts, *self._columns(found))

    def as_json(self, found: Sequence[Found]) -> str:
        """All values, with the complete contrasts."""
        return findings_files.as_json(self.contrasts, *self._columns(found))

    def _columns(self, found: Sequence[Found]) -> tuple[list[Findings], list[float] | None]:
        robust = [one.half_way for one in found] if any(self.experiments) else None
        return [one.findings for one in found], robust


def _stored(library: Library, contrast: Contrast, experiment: Experiment | None) -> Found | None:
    findings = library.findings(contrast)
    half_way = math.nan if experiment is None else stored_half_way(library, experiment)
    return None if findings is None or half_way is None else Found(findings, half_way)


def _found(watch: MapWatch) -> list[Found | None]:
    pairs = zip(watch.contrasts.findings(), watch.half_ways(), strict=True)
    return [None if found is None else Found(found, half_way) for found, half_way in pairs]
