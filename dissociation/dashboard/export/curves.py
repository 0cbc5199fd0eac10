"""The curves of a page, exported."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from dissociation import __version__, curve_files
from dissociation.address.links import Link, curves_of
from dissociation.address.names import condition_names
from dissociation.address.parameters import THEORY
from dissociation.address.predicting import uncovered
from dissociation.address.table import Condition
from dissociation.core.measures.base import Curve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.theory import Prediction
from dissociation.core.theory.methods import predictable
from dissociation.dashboard.curve_figure import file_name, page_figures
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import bullets, paragraph, settings, table
from dissociation.dashboard.snapshots import curve_traces
from dissociation.dashboard.tables import summary_table, value_table
from dissociation.dashboard.wording import BAND, INTERVAL, same_function_line
from dissociation.engine.library import Library

INCOMPLETE = "These curves are not complete yet. Open the page, wait for the chart, and try again."
_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a point.
"""

import json

from dissociation import from_json, run, seed_key, trained

CURVES = json.loads(
    r"""
{curves}
"""
)

networks = {{}}
print("condition\\tx\\terror")
for name, description in CURVES.items():
    experiment = from_json(description)
    plan = experiment.recipe, experiment.seeds
    if plan not in networks:
        seeds = range(experiment.seeds)
        networks[plan] = [trained(experiment.recipe, seed_key(seed)) for seed in seeds]
    curve = run(experiment, networks[plan])
    for x, error in zip(curve.x, curve.mean):
        print(f"{{name}}\\t{{x:.6g}}\\t{{error:.6f}}")
'''


class CurvesExport(NamedTuple):
    """Complete curves; see [`Export`][dissociation.dashboard.export.base.Export].

    - `conditions`, `curves`, `checks`: one each, in the order of the chart.
    - `theories`: what theory predicts of each; empty if the page does not show that.
    """

    link: Link
    conditions: list[Condition]
    curves: list[Curve]
    checks: list[tuple[FunctionCheck, ...] | None]
    theories: Sequence[Prediction | None] = ()

    @property
    def file_name(self) -> str:
        """After the measure."""
        return file_name(self.conditions[0].experiment.measure)

    def csv(self) -> str:
        """As the command line writes it."""
        return curve_files.as_csv(self.conditions, self.curves, self.theories)

    def json(self) -> str:
        """Every count of every network, with the experiments that `from_json` reads."""
        x, y = self.conditions[0].experiment.measure.axes
        about = {
            "dissociation": __version__,
            "address": self.link.path,
            "x_axis": x.title,
            "y_axis": y.title,
        }
        return curve_files.as_json(self.conditions, self.curves, self.theories, **about)

    def script(self) -> str:
        """Prints one line a point."""
        names = condition_names(self.conditions)
        curves = {
            name: condition.experiment.to_json()
            for name, condition in zip(names, self.conditions, strict=True)
        }
        text = json.dumps(curves, indent=1, allow_nan=False)
        return _SCRIPT.format(address=self.link.path, version=__version__, curves=text)

    def chart(self) -> Chart:
        """The curves in one figure, or those of a sweep."""
        figures = page_figures(self.link, self.conditions, height=520)
        experiments = [condition.experiment for condition in self.conditions]
        names = ", ".join(condition_names(self.conditions))
        alt = f"{figures[0].y.title} against {figures[0].x.title} for: {names}"
        traces = curve_traces(experiments, self.curves, None, self.theories)
        return Chart(figures, traces, alt)

    def report(self) -> Report:
        """Same function?, summaries, values, complete experiments."""
        measure = self.conditions[0].experiment.measure
        named = zip(condition_names(self.conditions), self.conditions, self.checks, strict=True)
        lines = [
            same_function_line(name, condition.experiment, checks)
            for name, condition, checks in named
            if condition.experiment.manipulations
        ]
        experiments = [condition.experiment.to_json() for condition in self.conditions]
        return Report(
            about=paragraph(measure.about, f"({measure.cite})"),
            caption=f"{BAND} {INTERVAL}",
            sections={
                "Same function?": bullets(
                    [line.replace("\\", "").replace("**", "") for line in lines]
                ),
                "Summaries": table(summary_table(self.conditions, self.curves)),
                "Values": table(value_table(self.conditions, self.curves, self.theories)),
                "Complete experiments": settings(self.link.path, "experiments", experiments),
            },
        )


def export_curves(library: Library, link: Link) -> CurvesExport:
    """The curves of a page's address.

    **Raises:** `InvalidValue` if the page has no curves or its values contradict each other;
    `NotStored` if a curve, or what theory predicts of it, is not complete.
    """
    conditions = uncovered(curves_of(link)[0], link.values)
    found = [library.complete_curve(condition.experiment) for condition in conditions]
    curves = [curve for curve in found if curve is not None]
    if len(curves) < len(found):
        raise NotStored(INCOMPLETE)
    checks = [library.checks(condition.experiment) for condition in conditions]
    theories: Sequence[Prediction | None] = ()
    if link.values.get(THEORY.name):
        theories = [library.complete_prediction(c.experiment) for c in conditions]
        known = zip(conditions, theories, strict=True)
        if any(theory is None and predictable(c.experiment.measure) for c, theory in known):
            raise NotStored(INCOMPLETE)
    return CurvesExport(link, conditions, curves, checks, theories)
