"""The curves of conditions: how they are computed, and what is made of them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from dissociation import __version__
from dissociation.address.links import Link, curves_of
from dissociation.address.names import condition_names
from dissociation.address.parameters import THEORY
from dissociation.address.predicting import uncovered
from dissociation.address.table import Condition
from dissociation.core.curves import curve_of, curve_studies
from dissociation.core.digests import SCHEMA
from dissociation.core.experiment import Experiment
from dissociation.core.measures.base import Curve
from dissociation.core.networks.function_checks import FunctionCheck
from dissociation.core.same_function import check_studies
from dissociation.core.shares import percent
from dissociation.core.statistics.summary import TOO_FEW, summarise
from dissociation.core.theory import Prediction, prediction_of, prediction_studies
from dissociation.core.validation import InvalidValue
from dissociation.engine.curve_watch import CurveWatch
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.features.curves.figures import curve_traces, file_name, page_figures
from dissociation.features.curves.tables import summary_table, value_table
from dissociation.features.curves.text import BAND, INTERVAL, same_function_line
from dissociation.web.export.html import bullets, paragraph, settings, table
from dissociation.web.shell.answers import Chart, Part, Report
from dissociation.web.shell.text_tables import aligned

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


#: As many conditions as a page shows at most; more at once would only take more memory.
TOGETHER = 12


class Found(NamedTuple):
    """A complete curve, with what theory predicts of it, if that is asked for and there is any,
    and the checks of its networks' function, as far as they are known.
    """

    curve: Curve
    theory: Prediction | None = None
    checks: tuple[FunctionCheck, ...] | None = None


@dataclass(frozen=True)
class CurveQuestion:
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
        curves = library.results(curve_studies(experiment))
        told = library.results(prediction_studies(experiment) if self.predicted else ())
        if curves is None or told is None:
            return None
        curve = curve_of(experiment, dict(enumerate(curves)), whole=True)
        assert curve is not None
        checks = library.results(check_studies(experiment))
        known = tuple(one.check for one in checks or ()) or None
        return Found(curve, prediction_of(experiment, told), known)

    def check_csv(self) -> None:
        """A table has one column for the axis."""
        check_one_axis(self.conditions)

    def answer(self, results: Sequence[Found]) -> CurveAnswer:
        """See [`CurveAnswer`][]."""
        return CurveAnswer(self.conditions, list(results), self.predicted)


def _results(watch: CurveWatch) -> list[Found | None]:
    rows = zip(watch.curves(), watch.predictions(), watch.checks(), strict=True)
    return [
        None if curve is None else Found(curve, theory, checks) for curve, theory, checks in rows
    ]


def question(link: Link) -> tuple[CurveQuestion, list[str]]:
    """The curves of a page's address, and why others do not fit on its chart.

    **Raises:** `InvalidValue` if the page has no curves or its values contradict each other.
    """
    conditions, reasons = curves_of(link)
    shown = uncovered(conditions, link.values)
    return CurveQuestion(shown, predicted=bool(link.values.get(THEORY.name))), reasons


@dataclass(frozen=True)
class CurveAnswer:
    """Complete curves; see [`Answer`][dissociation.web.shell.answers.Answer].

    - `conditions`, `found`: one each, in the order of the chart.
    - `predicted`: whether with what theory predicts of them.
    """

    conditions: list[Condition]
    found: list[Found]
    predicted: bool = False

    @property
    def _curves(self) -> list[Curve]:
        return [one.curve for one in self.found]

    @property
    def _theories(self) -> list[Prediction | None]:
        return [one.theory for one in self.found] if self.predicted else []

    @property
    def _checks(self) -> list[tuple[FunctionCheck, ...] | None]:
        return [one.checks for one in self.found]

    @property
    def file_name(self) -> str:
        """After the measure."""
        return file_name(self.conditions[0].experiment.measure)

    def text(self) -> str:
        """What each comes to, then the points."""
        return curves_as_text(self.conditions, self._curves)

    def csv(self) -> str:
        """One row a condition, network and point."""
        return as_csv(self.conditions, self._curves, self._theories)

    def json(self, **about: Any) -> str:
        """Every count of every network, with the experiments that `from_json` reads."""
        axes = dict.fromkeys(condition.experiment.measure.axes for condition in self.conditions)
        if len(axes) == 1:
            ((x, y),) = axes
            about |= {"x_axis": x.title, "y_axis": y.title}
        curves = as_values(self.conditions, self._curves, self._theories)
        values = {"schema": SCHEMA, **about, "curves": curves}
        return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"

    def script(self, address: str) -> str:
        """Prints one line a point."""
        names = condition_names(self.conditions)
        curves = {
            name: condition.experiment.to_json()
            for name, condition in zip(names, self.conditions, strict=True)
        }
        text = json.dumps(curves, indent=1, allow_nan=False)
        return _SCRIPT.format(address=address, version=__version__, curves=text)

    def chart(self, link: Link) -> Chart:
        """The curves in one figure, or those of a sweep."""
        figures = page_figures(link, self.conditions, height=520)
        experiments = [condition.experiment for condition in self.conditions]
        names = ", ".join(condition_names(self.conditions))
        alt = f"{figures[0].y.title} against {figures[0].x.title} for: {names}"
        traces = curve_traces(experiments, self._curves, None, self._theories)
        return Chart(figures, traces, alt)

    def report(self, link: Link) -> Report:
        """Same function?, summaries, values, complete experiments."""
        measure = self.conditions[0].experiment.measure
        named = zip(condition_names(self.conditions), self.conditions, self._checks, strict=True)
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
                "Summaries": table(summary_table(self.conditions, self._curves)),
                "Values": table(value_table(self.conditions, self._curves, self._theories)),
                "Complete experiments": settings(link.path, "experiments", experiments),
            },
        )


def check_one_axis(conditions: Sequence[Condition]) -> str:
    """The title of the axis that all conditions share, which a CSV file has one column for.

    **Raises:** `InvalidValue` if they differ.
    """
    titles = list(dict.fromkeys(c.experiment.measure.axes[0].title for c in conditions))
    if len(titles) > 1:
        raise InvalidValue("--out", ", ".join(titles), "write several axes to a .json file")
    return titles[0]


def as_csv(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    theories: Sequence[Prediction | None] = (),
) -> str:
    """One row a condition, network and point; errors and predictions summed over noise draws.

    **Arguments:**

    - `theories`: what theory predicts of each, for two more columns: the expected error of the
        network, and the images it comes from; empty where there is no theory. Or none at all.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    axis = check_one_axis(conditions)
    told = ["expected_error", "expected_from_images"] if any(theories) else []
    rows.writerow(["condition", "network", axis, "error", "errors", "predictions", *told])
    known = list(theories) or [None] * len(curves)
    names = condition_names(conditions)
    for name, curve, theory in zip(names, curves, known, strict=True):
        for network, seed in enumerate(curve.seeds):
            wrong = seed.errors.sum(0)
            made = seed.images * len(seed.errors)
            points = zip(curve.x.tolist(), wrong.tolist(), made.tolist(), strict=True)
            for place, (x, errors, predictions) in enumerate(points):
                row = [name, network, x, errors / predictions, errors, predictions]
                if theory is not None:
                    own = theory.seeds[network]
                    row += [float(own.errors[place]), own.images]
                rows.writerow(row + [None] * (6 + len(told) - len(row)))
    return text.getvalue()


def as_values(
    conditions: Sequence[Condition],
    curves: Sequence[Curve],
    theories: Sequence[Prediction | None] = (),
) -> list[dict[str, Any]]:
    """Everything about the curves as plain values.

    `predictions` are those of each draw, as `errors` are; `dissociation.from_json` reads each
    `experiment`. A curve of which theory predicts something has a `theory`: the expected error of
    each network over all draws, and the images it comes from.
    """
    known = list(theories) or [None] * len(curves)
    return [
        {
            "condition": name,
            "experiment": condition.experiment.to_json(),
            "x": curve.x.tolist(),
            "networks": [
                {
                    "network": network,
                    "errors": seed.errors.tolist(),
                    "predictions": seed.images.tolist(),
                    "clean_errors": int(seed.clean_errors),
                    "clean_images": int(seed.clean_images),
                }
                for network, seed in enumerate(curve.seeds)
            ],
            **_theory_values(theory),
        }
        for name, condition, curve, theory in zip(
            condition_names(conditions), conditions, curves, known, strict=True
        )
    ]


def _theory_values(theory: Prediction | None) -> dict[str, Any]:
    if theory is None:
        return {}
    return {"theory": {"expected_errors": theory.rates.tolist(), "images": theory.images}}


def curves_as_text(conditions: Sequence[Condition], curves: Sequence[Curve]) -> str:
    """A numbered row a condition, then a table of mean errors for each axis there is."""
    rows = [["", "Condition", "Networks", "Clean error", "σ50", "Mean error", "95 % interval"]]
    names = condition_names(conditions)
    for number, (name, condition, curve) in enumerate(zip(names, conditions, curves, strict=True)):
        summary = summarise(curve, curve, condition.experiment.measure.chance)
        low, high = map(_percent, summary.interval)
        rows.append(
            [
                str(number + 1),
                name,
                str(len(curve.seeds)),
                _percent(summary.clean),
                "–" if math.isnan(summary.sigma50) else f"{summary.sigma50:.3g}",
                _percent(summary.area),
                TOO_FEW if low == "–" else f"{low} to {high}",
            ]
        )
    return "\n\n".join([aligned(rows), *_point_tables(conditions, curves)]) + "\n"


def _point_tables(conditions: Sequence[Condition], curves: Sequence[Curve]) -> list[str]:
    together: dict[tuple, list[int]] = {}
    for number, (condition, curve) in enumerate(zip(conditions, curves, strict=True)):
        title = condition.experiment.measure.axes[0].title
        together.setdefault((title, tuple(curve.x.tolist())), []).append(number)
    tables = []
    for (title, xs), numbers in together.items():
        rows = [[title, *(f"error {number + 1}" for number in numbers)]]
        for point, x in enumerate(xs):
            errors = (_percent(curves[number].mean[point]) for number in numbers)
            rows.append([f"{x:.4g}", *errors])
        tables.append(aligned(rows))
    return tables


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else percent(value, 2)
