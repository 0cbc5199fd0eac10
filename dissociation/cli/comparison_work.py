"""What comparisons find."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from dissociation import comparison_files
from dissociation.address.names import side_name
from dissociation.cli.text_tables import findings_as_text
from dissociation.cli.work import Part
from dissociation.core.experiment import Experiment
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.map_watch import MapWatch, stored_sigma50


class Found(NamedTuple):
    """What a comparison found, and its second network's σ50: NaN if it has none."""

    findings: ComparisonResult
    sigma50: float


@dataclass(frozen=True)
class ComparisonWork:
    """The findings of `comparisons`.

    - `experiments`: one a comparison, whose last network's σ50 is wanted; `None` where there is
        none. Empty where robustness is not asked for.
    """

    comparisons: list[Comparison]
    experiments: Sequence[Experiment | None] = ()
    noun = "comparisons"

    def names(self) -> list[str]:
        """The second network of each."""
        return [side_name(comparison.second) for comparison in self.comparisons]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        weight = float(len(self.comparisons))
        watch = partial(Lab.watch_map, comparisons=self.comparisons, experiments=self.experiments)
        return [Part(list(range(len(self.comparisons))), weight, watch, _found)]

    def stored(self, library: Library) -> list[Found | None]:
        """Complete findings, with σ50 where it is asked for."""
        experiments = self.experiments or [None] * len(self.comparisons)
        pairs = zip(self.comparisons, experiments, strict=True)
        return [_stored(library, comparison, experiment) for comparison, experiment in pairs]

    def check_csv(self) -> None:
        """They always fit."""

    def as_text(self, found: Sequence[Found]) -> str:
        """A row a measure of a single pair, or a row a comparison."""
        return findings_as_text(self.comparisons, *self._columns(found))

    def as_csv(self, found: Sequence[Found]) -> str:
        """As the page gives it."""
        return comparison_files.as_csv(self.comparisons, *self._columns(found))

    def as_json(self, found: Sequence[Found]) -> str:
        """All values, with the complete comparisons."""
        return comparison_files.as_json(self.comparisons, *self._columns(found))

    def _columns(self, found: Sequence[Found]) -> tuple[list[ComparisonResult], list[float] | None]:
        robust = [one.sigma50 for one in found] if any(self.experiments) else None
        return [one.findings for one in found], robust


def _stored(
    library: Library, comparison: Comparison, experiment: Experiment | None
) -> Found | None:
    findings = library.result(comparison)
    sigma50 = math.nan if experiment is None else stored_sigma50(library, experiment)
    return None if findings is None or sigma50 is None else Found(findings, sigma50)


def _found(watch: MapWatch) -> list[Found | None]:
    pairs = zip(watch.comparisons.results(), watch.sigma50s(), strict=True)
    return [None if found is None else Found(found, sigma50) for found, sigma50 in pairs]
