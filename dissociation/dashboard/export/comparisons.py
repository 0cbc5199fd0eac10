"""Compared networks, exported: the points of a map."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from dissociation import __version__, comparison_files
from dissociation.address.links import Link, comparisons_of
from dissociation.address.map_page import Point, points_of
from dissociation.address.names import side_name
from dissociation.core.experiment import Experiment
from dissociation.core.shares import percent
from dissociation.core.similarity.comparison import Comparison, ComparisonResult
from dissociation.dashboard.export.base import Chart, NotStored, Report
from dissociation.dashboard.export.html import bullets, paragraph, settings, table
from dissociation.dashboard.map_panel import NOTHING, map_figure, map_table
from dissociation.dashboard.map_words import reading, statement
from dissociation.dashboard.snapshots import map_traces
from dissociation.engine.library import Library
from dissociation.engine.map_watch import stored_sigma50
from dissociation.features.representation.text import largest_change

INCOMPLETE = (
    "These networks are not compared completely yet. Open the page, wait for the chart, and try "
    "again."
)
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


@dataclass(frozen=True)
class MapExport:
    """Every rewrite a point; see [`Export`][dissociation.dashboard.export.base.Export].

    - `comparisons`, `findings`: one each, in the order of the page.
    - `points`: of the page; `sigma50s`: σ50 of each, NaN where there is none.
    """

    link: Link
    comparisons: list[Comparison]
    findings: list[ComparisonResult]
    points: list[Point]
    sigma50s: list[float]

    @property
    def robustness(self) -> list[float] | None:
        """σ50 of each comparison's second network, if the page shows it."""
        asked = any(point.experiment is not None for point in self.points)
        return self.sigma50s if asked else None

    @property
    def file_name(self) -> str:
        """After the page."""
        return f"dissociation-{self.link.table.name}"

    def csv(self) -> str:
        """As the command line writes it."""
        return comparison_files.as_csv(self.comparisons, self.findings, self.robustness)

    def json(self) -> str:
        """All values with the comparisons that `contrast_from_json` reads."""
        about = {"dissociation": __version__, "address": self.link.path}
        return comparison_files.as_json(self.comparisons, self.findings, self.robustness, **about)

    def script(self) -> str:
        """Prints one line a network and measure."""
        described = [[side_name(c.second), c.to_json()] for c in self.comparisons]
        text = json.dumps(described, indent=1, allow_nan=False)
        return _SCRIPT.format(address=self.link.path, version=__version__, comparisons=text)

    def chart(self) -> Chart:
        """The map."""
        figure = map_figure(self.points, self.link.values)
        alt = f"{figure.y.title} against {figure.x.title}, a point a network"
        experiments = [point.experiment for point in self.points]
        return Chart((figure,), map_traces(experiments, self.sigma50s, self.findings), alt)

    def report(self) -> Report:
        """Same function?, all measures of all points, the complete comparisons."""
        groups: dict[str, list[ComparisonResult]] = {}
        table_of = map_table(self.points, self.findings, self.sigma50s)
        for name, found in zip(table_of["Network"], self.findings, strict=True):
            groups.setdefault(name, []).append(found)
        lines = [f"{name}: {_functions(found)}" for name, found in groups.items()]
        sections = {
            "Same function?": bullets(lines),
            "Measures": table(table_of, wide=True),
            "Complete contrasts": self._settings(),
        }
        across = self.link.values["across"]
        said = statement(across).replace("*", "")
        return Report(paragraph(said), reading(across, NOTHING), sections)

    def _settings(self) -> str:
        described = [comparison.to_json() for comparison in self.comparisons]
        return settings(self.link.path, "contrasts", described)


def _functions(findings: list[ComparisonResult]) -> str:
    known = [found for found in findings if "disagreement" not in found.undefined]
    if not known:
        return "the outputs are not finite numbers."
    changed = [found.values["disagreement"] for found in known]
    largest = max(found.values["logit_change"] for found in known)
    images = known[0].images["disagreement"]
    share = " to ".join(dict.fromkeys(percent(end, 2) for end in (min(changed), max(changed))))
    return f"{share} of the answers to {images:,} test images differ{largest_change(largest)}."


def _found(library: Library, link: Link) -> tuple[list[Comparison], list[ComparisonResult]]:
    comparisons = comparisons_of(link)
    found = [library.result(comparison) for comparison in comparisons]
    findings = [one for one in found if one is not None]
    if len(findings) < len(found):
        raise NotStored(INCOMPLETE)
    return comparisons, findings


def export_map(library: Library, link: Link) -> MapExport:
    """The points of an address of Map.

    **Raises:** `InvalidValue` if its values contradict each other, `NotStored` if they are not
    compared completely.
    """
    points = points_of(link.values)
    sigma50s = [_sigma50(library, point.experiment) for point in points]
    return MapExport(link, *_found(library, link), points, sigma50s)


def _sigma50(library: Library, experiment: Experiment | None) -> float:
    """σ50 of the last network of an experiment, NaN if there is none."""
    found = math.nan if experiment is None else stored_sigma50(library, experiment)
    if found is None:
        raise NotStored(INCOMPLETE)
    return found
