"""The curves of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from dissociation import curve_files
from dissociation.address.names import condition_names
from dissociation.address.table import Condition
from dissociation.cli.text_tables import curves_as_text
from dissociation.cli.work import Part
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve
from dissociation.core.theory import Prediction
from dissociation.core.theory.methods import predictable
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.theory_watch import TheoryWatch

#: As many conditions as a page shows at most; more at once would only take more memory.
TOGETHER = 12


class Found(NamedTuple):
    """A complete curve, and what theory predicts of it, if that is asked for and there is any."""

    curve: Curve
    theory: Prediction | None = None


@dataclass(frozen=True)
class CurveWork:
    """The curves of `conditions`, and the checks that a page shows beside them.

    - `predicted`: whether with what theory predicts of them.
    """

    conditions: list[Condition]
    predicted: bool = False
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
            self._part(experiments, positions[first : first + TOGETHER])
            for positions in alike.values()
            for first in range(0, len(positions), TOGETHER)
        ]

    def _part(self, experiments: Sequence[Experiment], positions: list[int]) -> Part:
        group = [experiments[position] for position in positions]
        weight = sum(float(one.measure.total.sum()) * one.seeds for one in group)
        watch = partial(Lab.watch_curves, experiments=group, predicted=self.predicted)
        return Part(positions, weight, watch, _results)

    def stored(self, library: Library) -> list[Found | None]:
        """Complete curves, with complete predictions if they are asked for."""
        return [self._stored(library, condition.experiment) for condition in self.conditions]

    def _stored(self, library: Library, experiment: Experiment) -> Found | None:
        curve = library.complete_curve(experiment)
        wanted = self.predicted and predictable(experiment.measure)
        theory = library.complete_prediction(experiment) if wanted else None
        return None if curve is None or (wanted and theory is None) else Found(curve, theory)

    def check_csv(self) -> None:
        """A table has one column for the axis."""
        curve_files.check_one_axis(self.conditions)

    def as_text(self, found: Sequence[Found]) -> str:
        """What each comes to, then the points."""
        return curves_as_text(self.conditions, [one.curve for one in found])

    def as_csv(self, found: Sequence[Found]) -> str:
        """As the page gives it."""
        return curve_files.as_csv(self.conditions, *self._columns(found))

    def as_json(self, found: Sequence[Found]) -> str:
        """Every count, with the complete experiments."""
        return curve_files.as_json(self.conditions, *self._columns(found))

    def _columns(self, found: Sequence[Found]) -> tuple[list[Curve], list[Prediction | None]]:
        return [one.curve for one in found], [one.theory for one in found] if self.predicted else []


def _results(watch: CurveWatch) -> list[Found | None]:
    curves = watch.curves()
    theories = watch.predictions() if isinstance(watch, TheoryWatch) else [None] * len(curves)
    pairs = zip(curves, theories, strict=True)
    return [None if curve is None else Found(curve, theory) for curve, theory in pairs]
