"""The curves of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dissociation import curve_files
from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.command_line.text_tables import curves_as_text
from dissociation.command_line.work import Part
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.experiment import Experiment
from dissociation.measures.base import Curve

#: As many conditions as a page shows at most; more at once would only take more memory.
TOGETHER = 12


@dataclass(frozen=True)
class CurveWork:
    """The curves of `conditions`, and the checks that a page shows beside them."""

    conditions: list[Condition]
    noun = "curves"

    def names(self) -> list[str]:
        """Those of the page's legend."""
        return condition_names(self.conditions)

    def parts(self) -> list[Part]:
        """Experiments that the lab measures together, as it does for a page."""
        experiments = [condition.experiment for condition in self.conditions]
        alike: dict[tuple, list[int]] = {}
        for position, experiment in enumerate(experiments):
            key = (experiment.measure, experiment.recipe, experiment.key)
            alike.setdefault(key, []).append(position)
        return [
            _part(experiments, positions[first : first + TOGETHER])
            for positions in alike.values()
            for first in range(0, len(positions), TOGETHER)
        ]

    def stored(self, library: Library) -> list[Curve | None]:
        """Complete curves."""
        return [library.complete_curve(condition.experiment) for condition in self.conditions]

    def check_csv(self) -> None:
        """A table has one column for the axis."""
        curve_files.check_one_axis(self.conditions)

    def as_text(self, curves: Sequence[Curve]) -> str:
        """What each comes to, then the points."""
        return curves_as_text(self.conditions, curves)

    def as_csv(self, curves: Sequence[Curve]) -> str:
        """One row a condition, network and point."""
        return curve_files.as_csv(self.conditions, curves)

    def as_json(self, curves: Sequence[Curve]) -> str:
        """Every count, with the complete experiments."""
        return curve_files.as_json(self.conditions, curves)


def _part(experiments: Sequence[Experiment], positions: list[int]) -> Part:
    group = [experiments[position] for position in positions]
    weight = sum(float(one.measure.total.sum()) * one.seeds for one in group)
    return Part(positions, weight, partial(Lab.watch_curves, experiments=group), _curves)


def _curves(watch: CurveWatch) -> list[Curve | None]:
    return watch.curves()
