"""Compared networks, of the map or of a file: how they are computed, what is made of them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from dissociation import __version__
from dissociation.address.links import Link
from dissociation.address.names import condition_key, side_name
from dissociation.core.curves import MeasuredCurve, NetworkCurve, curve_studies
from dissociation.core.digests import SCHEMA, digest
from dissociation.core.experiment import Experiment
from dissociation.core.pauses import cached_property
from dissociation.core.shares import percent
from dissociation.core.similarity import SIMILARITIES
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.core.theory.bridge import sigma50 as sigma50_of
from dissociation.engine import jobs as j
from dissociation.engine.lab import Lab
from dissociation.engine.library import Library
from dissociation.engine.study_watch import Group, StudyWatch
from dissociation.features.map.address import Point, points_of
from dissociation.features.map.figures import NOTHING, map_figure, traces_of
from dissociation.features.map.text import map_table, reading, statement
from dissociation.features.representation.text import largest_change
from dissociation.web.export.html import bullets, paragraph, settings, table
from dissociation.web.shell.answers import Chart, Part, Report
from dissociation.web.shell.text_tables import aligned

_SCRIPT = '''"""Computes again, from nothing, what the lab showed at
{address}

Needs the package dissociation {version}; prints one line a network and measure, with what
unrelated networks would score where the lab says so.
"""

import json

from dissociation import compare, contrast_from_json, seed_key, trained

CONTRASTS = json.loads(
    r"""
{comparisons}
"""
)

networks = {{}}


def network(side):
    plan = side.recipe, side.seed
    if plan not in networks:
        networks[plan] = trained(side.recipe, seed_key(side.seed))
    return networks[plan]


print("name\\tmeasure\\tvalue\\tunrelated")
for name, description in CONTRASTS:
    contrast = contrast_from_json(description)
    found = compare(contrast, (network(contrast.first), network(contrast.second)))
    for measure, value in found.values.items():
        unrelated = found.baselines.get(measure)
        chance = "" if unrelated is None else f"{{unrelated.mean:.6g}}"
        print(f"{{name}}\\t{{measure}}\\t{{value:.6g}}\\t{{chance}}")
'''


class Found(NamedTuple):
    """What a comparison found, and its second network's σ50: NaN if it has none."""

    findings: ComparisonResult
    sigma50: float


@dataclass(frozen=True)
class ComparisonsQuestion:
    """The findings of `comparisons`.

    - `experiments`: one a comparison, whose last network's σ50 is wanted; `None` where there is
        none. Empty where robustness is not asked for.
    """

    comparisons: Sequence[Comparison]
    experiments: Sequence[Experiment | None] = ()
    noun = "comparisons"
    feature = "map"

    def groups(self) -> list[Group]:
        """See [`Asked`][dissociation.engine.study_watch.Asked]."""
        measured = [experiment for experiment in self.experiments if experiment is not None]

        def rewrites(experiment: Experiment) -> list[str]:
            return [step.name for step in experiment.manipulations]

        # Measured together, all rewrites would have their first points at once, but late.
        alike = (list(some) for _, some in groupby(measured, rewrites))
        curves = [Group([curve_study(one) for one in some]) for some in alike]
        return [Group(self.comparisons), *curves]

    def digest(self) -> str:
        """Tells it from other questions."""
        curves = [curve and curve.digest() for curve in self._curves]
        return digest([[comparison.digest() for comparison in self.comparisons], curves])

    @cached_property
    def _curves(self) -> list[NetworkCurve | None]:
        asked = self.experiments or [None] * len(self.comparisons)
        return [None if one is None else curve_study(one) for one in asked]

    def findings(self, watch: StudyWatch) -> list[ComparisonResult | None]:
        """What each comparison has found so far."""
        return [watch.result(comparison) for comparison in self.comparisons]

    def sigma50s(self, watch: StudyWatch) -> list[float]:
        """σ50 a comparison; NaN if there is none, or it does not cross, or not all images are in.

        Points beside one another must rest on the same images.
        """
        return [
            math.nan if curve is None else _sigma50(watch.result(curve)) for curve in self._curves
        ]

    def told(self, watch: StudyWatch, state: str) -> str:
        """See [`Asked`][dissociation.engine.study_watch.Asked]."""
        if state != j.RUNNING or None in (found := self.findings(watch)):
            return ""
        if not all(one.complete for one in found if one is not None):
            return ""
        curves = {curve for curve in self._curves if curve is not None}
        results = [watch.result(curve) for curve in curves]
        complete = sum(one is not None and one.complete for one in results)
        return f"Measuring robustness: {complete} of {len(results)} networks complete"

    def names(self) -> list[str]:
        """The second network of each."""
        return [side_name(comparison.second) for comparison in self.comparisons]

    def parts(self) -> list[Part]:
        """All together, as a page asks for them."""
        weight = float(len(self.comparisons))
        watch = partial(Lab.watch_question, question=self)
        return [Part(list(range(len(self.comparisons))), weight, watch, self._found)]

    def _found(self, watch: StudyWatch) -> list[Found | None]:
        pairs = zip(self.findings(watch), self.sigma50s(watch), strict=True)
        return [None if found is None else Found(found, sigma50) for found, sigma50 in pairs]

    def stored(self, library: Library) -> list[Found | None]:
        """Complete findings, with σ50 where it is asked for."""
        pairs = zip(self.comparisons, self._curves, strict=True)
        return [_stored(library, comparison, curve) for comparison, curve in pairs]

    def check_csv(self) -> None:
        """They always fit."""

    def answer(self, results: Sequence[Found]) -> ComparisonsAnswer:
        """See [`ComparisonsAnswer`][]."""
        robust = [one.sigma50 for one in results]
        asked = any(experiment is not None for experiment in self.experiments)
        findings = [one.findings for one in results]
        return ComparisonsAnswer(findings, robust if asked else None)


def curve_study(experiment: Experiment) -> NetworkCurve:
    """The curve of an experiment's last network, whose σ50 a point needs."""
    (study,) = curve_studies(experiment, [experiment.seeds - 1])
    return study


def _sigma50(found: MeasuredCurve | None) -> float:
    if found is None or not found.complete:
        return math.nan
    return sigma50_of(found.study.measure, found.curve)


def _stored(library: Library, comparison: Comparison, curve: NetworkCurve | None) -> Found | None:
    findings = library.result(comparison)
    measured = None if curve is None else library.result(curve)
    if findings is None or (curve is not None and measured is None):
        return None
    return Found(findings, _sigma50(measured))


def question(link: Link) -> tuple[ComparisonsQuestion, list[str]]:
    """The points of an address. **Raises:** `InvalidValue` if its values contradict each other."""
    return asked_by(points_of(link.values)), []


def asked_by(points: Sequence[Point]) -> ComparisonsQuestion:
    """What the points of a page ask for."""
    experiments = tuple(point.experiment for point in points)
    return ComparisonsQuestion(tuple(point.comparison for point in points), experiments)


@dataclass(frozen=True)
class ComparisonsAnswer:
    """What comparisons found; see [`Answer`][dissociation.web.shell.answers.Answer].

    - `findings`: one a comparison, in order; `sigma50s`: σ50 of each second network, NaN where
        there is none; `None` if it is not asked for.
    """

    findings: list[ComparisonResult]
    sigma50s: list[float] | None = None

    file_name = "dissociation-map"

    @property
    def _comparisons(self) -> list[Comparison]:
        return [found.study for found in self.findings]

    @property
    def _each(self) -> list[float]:
        return self.sigma50s or [math.nan] * len(self.findings)

    def text(self) -> str:
        """A row a comparison."""
        return findings_as_text(self._comparisons, self.findings, self.sigma50s)

    def csv(self) -> str:
        """A row a comparison."""
        return as_csv(self._comparisons, self.findings, self.sigma50s)

    def json(self, **about: Any) -> str:
        """All values with the comparisons that `contrast_from_json` reads."""
        found = as_values(self._comparisons, self.findings)
        for value, sigma50 in zip(found, self.sigma50s or (), strict=False):
            value[SIGMA50] = _defined(sigma50)
        values = {"schema": SCHEMA, **about, "contrasts": found}
        return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1) + "\n"

    def script(self, address: str) -> str:
        """Prints one line a network and measure."""
        described = [[side_name(c.second), c.to_json()] for c in self._comparisons]
        text = json.dumps(described, indent=1, allow_nan=False)
        return _SCRIPT.format(address=address, version=__version__, comparisons=text)

    def chart(self, link: Link) -> Chart:
        """The map."""
        points = points_of(link.values)
        figure = map_figure(points, link.values)
        alt = f"{figure.y.title} against {figure.x.title}, a point a network"
        experiments = [point.experiment for point in points]
        return Chart((figure,), traces_of(experiments, self._each, self.findings), alt)

    def report(self, link: Link) -> Report:
        """Same function?, all measures of all points, the complete comparisons."""
        groups: dict[str, list[ComparisonResult]] = {}
        table_of = map_table(points_of(link.values), self.findings, self._each)
        for name, found in zip(table_of["Network"], self.findings, strict=True):
            groups.setdefault(name, []).append(found)
        lines = [f"{name}: {_functions(found)}" for name, found in groups.items()]
        sections = {
            "Same function?": bullets(lines),
            "Measures": table(table_of, wide=True),
            "Complete contrasts": settings(
                link.path, "contrasts", [comparison.to_json() for comparison in self._comparisons]
            ),
        }
        across = link.values["across"]
        said = statement(across).replace("*", "")
        return Report(paragraph(said), reading(across, NOTHING), sections)


def _functions(findings: list[ComparisonResult]) -> str:
    known = [found for found in findings if "disagreement" not in found.undefined]
    if not known:
        return "the outputs are not finite numbers."
    changed = [found.values["disagreement"] for found in known]
    largest = max(found.values["logit_change"] for found in known)
    images = known[0].images["disagreement"]
    share = " to ".join(dict.fromkeys(percent(end, 2) for end in (min(changed), max(changed))))
    return f"{share} of the answers to {images:,} test images differ{largest_change(largest)}."


SIGMA50 = "sigma50"
_POINT = ("name", "rewrite", "strength", "network", "layer")


def as_csv(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
) -> str:
    """One row a comparison; what is not defined is empty.

    **Arguments:**

    - `sigma50s`: of comparisons, the second network's σ50, where it was asked for.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    robust = [] if sigma50s is None else [SIGMA50]
    rows.writerow([*_POINT, *robust, *SIMILARITIES])
    each = sigma50s or [math.nan] * len(comparisons)
    for comparison, found, sigma50 in zip(comparisons, findings, each, strict=True):
        row = _of_comparison(comparison, found)
        row[len(_POINT) : len(_POINT)] = [_defined(sigma50)] * len(robust)
        rows.writerow(row)
    return text.getvalue()


def _of_comparison(comparison: Comparison, found: ComparisonResult) -> list[Any]:
    side = comparison.second
    strengths = "+".join(f"{step.strength:g}" for step in side.manipulations)
    values = [_defined(found.values[name]) for name in SIMILARITIES]
    key = condition_key(side.manipulations)
    return [side_name(side), key, strengths, side.seed + 1, comparison.layer, *values]


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_values(
    comparisons: Sequence[Comparison], findings: Sequence[ComparisonResult]
) -> list[dict[str, Any]]:
    """All that was found but the pictures, as plain values; `None` is not defined.

    `dissociation.contrast_from_json` reads each `comparison`.
    """
    return [
        {
            "name": side_name(comparison.second),
            "contrast": comparison.to_json(),
            **found.numbers(),
        }
        for comparison, found in zip(comparisons, findings, strict=True)
    ]


def findings_as_text(
    comparisons: Sequence[Comparison],
    findings: Sequence[ComparisonResult],
    sigma50s: Sequence[float] | None = None,
) -> str:
    """A row a comparison.

    **Arguments:**

    - `sigma50s`: σ50 of each comparison's second network, where it was asked for.
    """
    rows = [["Network", *([] if sigma50s is None else ["σ50"]), *SIMILARITIES]]
    for number, (comparison, found) in enumerate(zip(comparisons, findings, strict=True)):
        values = [_significant(found.values[name]) for name in SIMILARITIES]
        robust = [] if sigma50s is None else [_significant(sigma50s[number])]
        rows.append([side_name(comparison.second), *robust, *values])
    return aligned(rows) + "\n"


def _significant(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
